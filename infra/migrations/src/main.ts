import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { migrateProgram } from './program.ts'

process.exitCode = await runProgram(migrateProgram, process.argv.slice(2), processContext())
