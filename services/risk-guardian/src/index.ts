export { Guardian, type GuardianOptions } from './guardian.ts'
export { startGuardian } from './start-guardian.ts'
