/** The work of `npm run drawbridge -- rebuild history`, without its start and end. */
import { createLogger, createPool } from '@drawbridge/service-kit'
import { connect } from '@nats-io/transport-node'
import { rebuildHistory } from '../../scripts/drawbridge/rebuild/rebuild.ts'
import { whenTold } from './when-told.ts'

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const pool = createPool(process.env.DATABASE_URL ?? '', 'rebuild', 1, createLogger('rebuild', 'warn'))
whenTold(() => rebuildHistory({ connection, pool }))
