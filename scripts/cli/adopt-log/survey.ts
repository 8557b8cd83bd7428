import { streams } from '@drawbridge/contracts'
import { boundTo } from '@drawbridge/history'
import { requireStreams } from '@drawbridge/nats'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { BEGIN_AGAIN, HeldLog } from './held-log.ts'
import { type Adoption, beingAdopted, continued, readAdoptions } from './record.ts'

/** A log that may be adopted, and the tables that may be bound to it. */
export interface Survey {
  readonly connection: NatsConnection
  readonly client: ClientBase
  readonly manager: JetStreamManager
  readonly risk: StreamInfo
  readonly inputs: StreamInfo
  readonly held: HeldLog
  /** The log that the tables are bound to; null: none. */
  readonly bound: string | null
  /** Creation time of the log that the history was made from; null: there is none. */
  readonly previous: string | null
  /** Creation times of the logs that this one continues, the last one first. */
  readonly continues: readonly string[]
  /** The last one of any log. */
  readonly lastAdoption: Adoption | null
  /** The adoption of this log, if the tables are bound to it already. */
  readonly adoption: Adoption | null
}

/**
 * Examines log and tables.
 * @param startOver the tables are empty on purpose
 * @throws if the log must not be adopted, with what to do
 */
export async function survey(connection: NatsConnection, client: ClientBase, startOver: boolean): Promise<Survey> {
  const manager = await requireStreams(connection, [streams.risk, streams.inputs])
  const risk = await manager.streams.info(streams.risk)
  const inputs = await manager.streams.info(streams.inputs)
  const bound = await boundTo(client)
  const adoptions = await readAdoptions(client)
  const ofTables = beingAdopted(bound) ?? bound
  const adoption = adoptions.find(({ created }) => created === ofTables && created === risk.created) ?? null
  const previous = adoption === null ? ofTables : adoption.previous
  checkTables(risk.created, ofTables, adoption, startOver)
  const held = await HeldLog.read(connection, risk)
  if (held.stage === 'open' && adoption === null) {
    throw new Error(
      `RISK, created ${risk.created}, is in use: guardians judge by it, and their decisions do not follow from the ` +
        `history. To discard them, ${BEGIN_AGAIN}`,
    )
  }
  if (adoption !== null && adoption.inputsCreated !== inputs.created) {
    throw new Error(
      `INPUTS was recreated at ${inputs.created}, after the adoption had begun. Delete RISK (nats stream rm RISK), ` +
        'recreate it (npm run provision), and run this again',
    )
  }
  const continues = previous === null ? [] : [previous, ...continued(previous, adoptions)]
  const [lastAdoption = null] = adoptions
  return { connection, client, manager, risk, inputs, held, bound, previous, continues, lastAdoption, adoption }
}

/** For a RISK that lost its end while the history has no later events. */
export const UNKNOWN_END =
  'If guardians say that RISK ends too early, neither RISK nor the history has the events that they know: restart them, ' +
  'and they decide these inputs again'

function checkTables(created: string, bound: string | null, adoption: Adoption | null, startOver: boolean): void {
  if (bound === created && adoption === null) {
    throw new Error(`nothing to adopt: the history was made from this RISK, created ${created}. ${UNKNOWN_END}`)
  }
  if (bound === null && !startOver) {
    throw new Error(
      'the database has no history that could continue. If that is unexpected, check DATABASE_URL; to start every trader ' +
        'from scratch, use --start-over',
    )
  }
  if (bound !== null && startOver && adoption?.previous !== null) {
    throw new Error(
      `the database has the history of the log created at ${bound}, which continues without --start-over. To discard it, ` +
        'empty the tables first: TRUNCATE risk_state, risk_limit_state, risk_state_history, risk_config_history, risk_log_epoch',
    )
  }
}
