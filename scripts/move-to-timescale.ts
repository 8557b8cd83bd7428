import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { moveToTimescaleProgram } from './move-to-timescale/move-to-timescale.ts'

process.exitCode = await runProgram(moveToTimescaleProgram, process.argv.slice(2), processContext())
