export { Guardian, type GuardianOptions } from './guardian.ts'
