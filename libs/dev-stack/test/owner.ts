import { freePort, startPrivateNats, startPrivatePostgres } from '../src/index.ts'

/** Starts both servers on the data directory of the first argument, says so, and leaves them running. */
const [, , dataDir = ''] = process.argv
const nats = await startPrivateNats({ dataDir, port: await freePort() })
const postgres = await startPrivatePostgres({ dataDir, port: await freePort() })
process.send?.({ natsUrl: nats.url, databaseUrl: postgres.url })
