export * from './oracle.ts'
export * from './scenario.ts'
export * from './specification.ts'
