import { streams } from '@drawbridge/contracts'

/** The tables belong to another stream: going on would mix two histories. Needs an operator. */
export class OtherEpochError extends Error {
  override readonly name = 'OtherEpochError'
  readonly recoverable = false

  constructor(ours: string, theirs: string) {
    super(
      `stream ${streams.risk} was created at ${ours}, but this database holds the history of the one created at ${theirs}: ` +
        'the stream was deleted and made again, or this is the database of another NATS server. ' +
        'Restore the stream from its backup, or have it go on where the history ends: npm run drawbridge -- adopt-log; or ' +
        'use the settings NATS_URL and DATABASE_URL that belong together, or give this log an empty database (npm run ' +
        'migrate). To give up the old history for good, empty the tables: ' +
        'TRUNCATE risk_state, risk_state_history, risk_config_history, risk_log_epoch',
    )
  }
}
