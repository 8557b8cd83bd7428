import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { natsUsers } from './nats-users/nats-users.ts'

process.exitCode = await runProgram(natsUsers, process.argv.slice(2), processContext())
