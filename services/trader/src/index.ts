export type { Intent, Verdict } from './core/verdict.ts'
export { Gate } from './gate.ts'
