export { type LogMessage, readInput } from './core/read-input.ts'
export { Guardian } from './guardian.ts'
export { NewestRequests } from './inbound/newest-requests.ts'
export { startGuardian } from './start-guardian.ts'
