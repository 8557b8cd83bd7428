/** What `npm run drawbridge -- rebuild history` does between its start and its end. */
import { rebuildFromLog } from '@drawbridge/cli'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { connect } from '@nats-io/transport-node'
import { whenTold } from '../when-told.ts'

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const pool = createPool(process.env.DATABASE_URL ?? '', 'rebuild', 1, createLogger('rebuild', 'warn'))
whenTold(() => rebuildFromLog(connection, pool, 'history'))
