import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { pinImages } from './pin-images/pin-images.ts'

process.exitCode = await runProgram(pinImages, process.argv.slice(2), processContext())
