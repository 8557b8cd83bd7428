import { type ConfigEvent, formatInstant, type RiskEvent, streams, type TraderId } from '@drawbridge/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { type StartProgress, startUnseen } from '../progress.ts'
import { carriedEvents } from './carried-events.ts'
import { HeldLog } from './held-log.ts'
import { placeInputs, settledUpTo, unknownConfigurations } from './inputs.ts'
import { answersToProvision, KnownConfigurations } from './known-configurations.ts'
import { readDecided } from './known-history.ts'
import { type Adoption, bindTables, type NewAdoption, takeTables } from './record.ts'
import type { Survey } from './survey.ts'

/** Who adopts, and why. */
export interface Word {
  readonly by: string
  readonly reason: string
}

/** The last event of a trader in short. Times are RFC 3339 in UTC. */
export interface CarriedTrader {
  readonly trader: TraderId
  readonly version: number
  readonly inputSeq: number
  readonly type: string
  readonly effectiveAt: string
  readonly paused: boolean
  /** Null where not paused, or until an operator resumes. */
  readonly pausedUntil: string | null
}

/** What is carried over. */
export interface Carried {
  readonly adoption: NewAdoption
  readonly isNewInputs: boolean
  readonly traders: readonly CarriedTrader[]
  readonly configurations: readonly ConfigEvent[]
}

/** What would be done. Writes nothing. @throws where it cannot be done */
export async function plan(
  connection: NatsConnection,
  client: ClientBase,
  found: Survey,
  word: Word,
  startProgress: StartProgress = startUnseen,
): Promise<Carried> {
  const { adoption, isNewInputs } = await decideAdoption(connection, client, found, word, startProgress)
  const known = await KnownConfigurations.read(client)
  const traders: CarriedTrader[] = []
  for await (const events of carriedEvents(client, known)) for (const event of events) traders.push(inShort(event))
  return { adoption, isNewInputs, traders, configurations: await configurationsOf(connection, found, adoption, known) }
}

/**
 * Has the log go on where the history ends; in an order in which every step may be the last one, and all of it be done
 * again:
 *
 * 1. The log says that it is being adopted: no guardian begins to judge by it.
 * 2. The tables are taken from the log that was lost: no persister of that one changes any more what they hold.
 * 3. The last event of each trader, and the configurations, are stored in the log where they are not yet.
 * 4. The log says what it continues, and from which input on to judge: guardians begin, and gates follow.
 * 5. The tables are bound to the log: persisters begin.
 */
export async function adopt(
  connection: NatsConnection,
  client: ClientBase,
  found: Survey,
  word: Word,
  startProgress: StartProgress = startUnseen,
): Promise<Adoption> {
  const { held, inputs, continues } = found
  if (held.stage === 'unused') {
    await held.bind({ settled: 0, inputsCreated: inputs.created, continues, adopting: true })
  }
  const decide = async () => (await decideAdoption(connection, client, found, word, startProgress)).adoption
  const adoption = found.adoption ?? (await takeTables(client, found.bound, decide))
  if (held.stage === 'adopting') {
    await carry(connection, client, found, adoption, startProgress)
    await open(connection, found, adoption)
  }
  await bindTables(client, adoption.created)
  return adoption
}

/** Only if the log holds nothing else: a guardian that had begun by it may have decided something meanwhile. */
async function open(
  connection: NatsConnection,
  { manager, continues }: Survey,
  { settled, inputsCreated, inputsOffset }: Adoption,
): Promise<void> {
  const risk = await manager.streams.info(streams.risk)
  const held = await HeldLog.read(connection, risk)
  await held.bind({ settled, inputsCreated, inputsOffset, continues }, risk.state.last_seq)
}

async function carry(
  connection: NatsConnection,
  client: ClientBase,
  found: Survey,
  adoption: Adoption,
  startProgress: StartProgress,
): Promise<void> {
  const { held } = found
  const known = await KnownConfigurations.read(client)
  const progress = startProgress('traders', await countTraders(client))
  let done = 0
  try {
    for await (const events of carriedEvents(client, known)) {
      await Promise.all(events.map((event) => held.carry(event)))
      done += events.length
      progress.to(done)
    }
  } finally {
    progress.stop()
  }
  for (const event of await configurationsOf(connection, found, adoption, known)) await held.carryConfiguration(event)
}

/** An event in short. */
export function inShort({ trader, type, effectiveAt, state }: RiskEvent): CarriedTrader {
  const { version, inputSeq, pause } = state
  const until = pause?.until ?? null
  return {
    trader,
    version,
    inputSeq,
    type,
    effectiveAt: formatInstant(effectiveAt),
    paused: pause !== null,
    pausedUntil: until === null ? null : formatInstant(until),
  }
}

/** Of each kind in the order of their inputs. */
async function configurationsOf(
  connection: NatsConnection,
  { inputs }: Survey,
  { inputsCreated, inputsOffset, settled }: NewAdoption,
  known: KnownConfigurations,
): Promise<readonly ConfigEvent[]> {
  const place = { created: inputsCreated, offset: inputsOffset, isNew: false }
  const unknown = await unknownConfigurations(connection, inputs, place, known)
  const newest = await known.at(Number.POSITIVE_INFINITY)
  return [...(await known.from(settled)), ...answersToProvision(unknown, newest, (kind) => known.has(kind))]
}

/** What the tables are bound to, and where guardians go on; as it was decided, where an adoption has begun. */
async function decideAdoption(
  connection: NatsConnection,
  client: ClientBase,
  { manager, risk, inputs, previous, lastAdoption, adoption }: Survey,
  { by, reason }: Word,
  startProgress: StartProgress,
): Promise<{ readonly adoption: NewAdoption; readonly isNewInputs: boolean }> {
  if (adoption !== null) return { adoption, isNewInputs: adoption.settled === adoption.inputsOffset }
  const decided = await readDecided(client)
  const known = await KnownConfigurations.read(client)
  const place = await placeInputs(manager, inputs, decided.newest, lastAdoption)
  const unknown = await unknownConfigurations(connection, inputs, place, known)
  const settled = await settledUpTo(manager, inputs, place, decided, known, unknown, startProgress)
  const { created: inputsCreated, offset: inputsOffset } = place
  return {
    adoption: { created: risk.created, previous, inputsCreated, inputsOffset, settled, by, reason },
    isNewInputs: place.isNew,
  }
}

async function countTraders(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM risk_state')
  return Number(rows[0]?.count ?? 0)
}
