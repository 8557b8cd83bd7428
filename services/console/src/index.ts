export { operatorApi } from './operator-api.ts'
export type { OperatorParts } from './operator-parts.ts'
export { startConsole } from './start-console.ts'
