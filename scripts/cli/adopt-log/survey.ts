import { streams } from '@drawbridge/contracts'
import { boundTo } from '@drawbridge/history'
import { requireStreams } from '@drawbridge/nats'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { HeldLog } from './held-log.ts'
import { type Adoption, beingAdopted, continued, readAdoptions } from './record.ts'

/** What there is: a log that may be adopted, and the tables that may be bound to it. */
export interface Survey {
  readonly manager: JetStreamManager
  readonly risk: StreamInfo
  readonly inputs: StreamInfo
  readonly held: HeldLog
  /** What the tables say they are bound to; null: to nothing. */
  readonly bound: string | null
  /** When the log was created that the history was made from; null: there is none. */
  readonly previous: string | null
  /** When the logs were created that this one continues, the last one first. */
  readonly continues: readonly string[]
  /** The last one of all. */
  readonly lastAdoption: Adoption | null
  /** The adoption of this log, if the tables are bound to it already. */
  readonly adoption: Adoption | null
}

/**
 * Looks at log and tables.
 * @param beginAnew the tables are empty on purpose
 * @throws where the log may not be adopted, with what to do
 */
export async function survey(connection: NatsConnection, client: ClientBase, beginAnew: boolean): Promise<Survey> {
  const manager = await requireStreams(connection, [streams.risk, streams.inputs])
  const risk = await manager.streams.info(streams.risk)
  const inputs = await manager.streams.info(streams.inputs)
  const bound = await boundTo(client)
  const adoptions = await readAdoptions(client)
  const ofTables = beingAdopted(bound) ?? bound
  const adoption = adoptions.find(({ created }) => created === ofTables && created === risk.created) ?? null
  const previous = adoption === null ? ofTables : adoption.previous
  checkTables(risk.created, ofTables, adoption, beginAnew)
  const held = await HeldLog.read(connection, risk)
  if (held.stage === 'open' && adoption === null) {
    throw new Error(
      `RISK, created ${risk.created}, is in use: guardians judge by it, and what they decided does not follow from the ` +
        'history. To give that up, stop the guardians, delete RISK (nats stream rm RISK), make it again (npm run ' +
        'provision), and run this once more',
    )
  }
  if (adoption !== null && adoption.inputsCreated !== inputs.created) {
    throw new Error(
      `INPUTS was created anew at ${inputs.created}, after the adoption had begun. Delete RISK (nats stream rm RISK), ` +
        'make it again (npm run provision), and run this once more',
    )
  }
  const continues = previous === null ? [] : [previous, ...continued(previous, adoptions)]
  return { manager, risk, inputs, held, bound, previous, continues, lastAdoption: adoptions[0] ?? null, adoption }
}

/** A RISK that lost its end while the history did not know more. */
export const KNOWN_NOWHERE =
  'Where guardians say that RISK ends too early, neither RISK nor the history holds what they know: start them again, and ' +
  'they decide those inputs once more'

function checkTables(created: string, bound: string | null, adoption: Adoption | null, beginAnew: boolean): void {
  if (bound === created && adoption === null) {
    throw new Error(
      `nothing is to be adopted: the history was made from RISK as it is, created ${created}. ${KNOWN_NOWHERE}`,
    )
  }
  if (bound === null && !beginAnew) {
    throw new Error(
      'the database holds no history that could go on. If that is not expected, look at DATABASE_URL; if every trader is ' +
        'to begin anew, say so with --begin-anew',
    )
  }
  if (bound !== null && beginAnew && adoption?.previous !== null) {
    throw new Error(
      `the database holds the history of the log created at ${bound}: without --begin-anew it goes on. To give it up for ` +
        'good, empty the tables first: TRUNCATE risk_state, risk_state_history, risk_config_history, risk_log_epoch',
    )
  }
}
