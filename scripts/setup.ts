import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { setup } from './setup/setup.ts'

process.exitCode = await runProgram(setup, process.argv.slice(2), processContext())
