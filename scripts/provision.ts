import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { provisionProgram } from './provision/provision.ts'

process.exitCode = await runProgram(provisionProgram, process.argv.slice(2), processContext())
