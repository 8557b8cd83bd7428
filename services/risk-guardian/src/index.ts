export { Guardian } from './guardian.ts'
export { NewestRequests } from './inbound/newest-requests.ts'
export { startGuardian } from './start-guardian.ts'
