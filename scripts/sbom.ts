import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { sbom } from './sbom/sbom.ts'

process.exitCode = await runProgram(sbom, process.argv.slice(2), processContext())
