import '@drawbridge/service-kit/compile-cache'

const { processContext } = await import('@drawbridge/service-kit/program')
const { runDrawbridge } = await import('./commands.ts')

/** Then the process exits, whatever is still open: the NATS client keeps its connection to a silent server. */
const ENDS_WITHIN_MS = 1_000

process.exitCode = await runDrawbridge(process.argv.slice(2), processContext())
setTimeout(() => process.exit(), ENDS_WITHIN_MS).unref()
