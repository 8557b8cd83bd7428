import { processContext } from '@drawbridge/service-kit/program'
import { runDrawbridge } from './commands.ts'

/** Then the process exits, whatever is still open: the NATS client keeps its connection to a silent server. */
const ENDS_WITHIN_MS = 1_000

process.exitCode = await runDrawbridge(process.argv.slice(2), processContext())
setTimeout(() => process.exit(), ENDS_WITHIN_MS).unref()
