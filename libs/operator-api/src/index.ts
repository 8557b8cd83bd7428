export { type OperatorApiOptions, operatorApi } from './operator-api.ts'
