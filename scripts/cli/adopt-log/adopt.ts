import { type ConfigEvent, formatInstant, type RiskEvent, streams, type TraderId } from '@drawbridge/contracts'
import { type StartProgress, startUnseen } from '../progress.ts'
import { HeldLog } from './held-log.ts'
import { placeInputs, settledUpTo, unknownConfigurations } from './inputs.ts'
import { answersToProvision, KnownConfigurations } from './known-configurations.ts'
import { carriedEvents, readDecided } from './known-history.ts'
import { type Adoption, type Author, bindTables, type NewAdoption, takeTables } from './record.ts'
import type { Survey } from './survey.ts'

/** Summary of the last event of a trader. Times are RFC 3339 in UTC. */
export interface CarriedTrader {
  readonly trader: TraderId
  readonly version: number
  readonly inputSeq: number
  readonly type: string
  readonly effectiveAt: string
  readonly paused: boolean
  /** Null: not paused, or paused until an operator resumes. */
  readonly pausedUntil: string | null
}

/** What is carried over. */
export interface Carried {
  readonly adoption: NewAdoption
  readonly isNewInputs: boolean
  readonly traders: readonly CarriedTrader[]
  readonly configurations: readonly ConfigEvent[]
}

/** What would be done. Writes nothing. @throws if it cannot be done */
export async function plan(found: Survey, author: Author, startProgress: StartProgress): Promise<Carried> {
  const { client } = found
  const { adoption, isNewInputs } = await decideAdoption(found, author, startProgress)
  const known = await KnownConfigurations.read(client)
  const traders: CarriedTrader[] = []
  for await (const events of carriedEvents(client, known)) traders.push(...events.map(inShort))
  return { adoption, isNewInputs, traders, configurations: await configurationsOf(found, adoption, known) }
}

/**
 * Makes the log continue where the history ends. It may be interrupted after any step, and repeated:
 *
 * 1. The log says that it is being adopted: no guardian judges by it yet.
 * 2. The tables are released from the lost log: no persister of that log changes them any more.
 * 3. The last event of each trader, and the configurations, are stored in the log if they are missing there.
 * 4. The log says what it continues, and from which input on to judge: guardians begin, and gates follow.
 * 5. The tables are bound to the log: persisters begin.
 */
export async function adopt(found: Survey, author: Author, startProgress = startUnseen): Promise<Adoption> {
  const { client, held, inputs, continues } = found
  if (held.stage === 'unused') {
    await held.bind({ settled: 0, inputsCreated: inputs.created, continues, adopting: true })
  }
  const decide = async () => (await decideAdoption(found, author, startProgress)).adoption
  const adoption = found.adoption ?? (await takeTables(client, found.bound, decide))
  if (held.stage === 'adopting') {
    await carry(found, adoption, startProgress)
    await open(found, adoption)
  }
  await bindTables(client, adoption.created)
  return adoption
}

/** Only if the log holds nothing else: a guardian that began to use it may have decided something meanwhile. */
async function open({ connection, manager, continues }: Survey, adoption: Adoption): Promise<void> {
  const { settled, inputsCreated, inputsOffset } = adoption
  const risk = await manager.streams.info(streams.risk)
  const held = await HeldLog.read(connection, risk)
  await held.bind({ settled, inputsCreated, inputsOffset, continues }, risk.state.last_seq)
}

async function carry(found: Survey, adoption: Adoption, startProgress: StartProgress): Promise<void> {
  const { client, held } = found
  const known = await KnownConfigurations.read(client)
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM risk_state')
  const progress = startProgress('traders', Number(rows[0]?.count ?? 0))
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
  for (const event of await configurationsOf(found, adoption, known)) await held.carryConfiguration(event)
}

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

/** Those of each kind are in the order of their inputs. */
async function configurationsOf(
  { connection, inputs }: Survey,
  { inputsCreated, inputsOffset, settled }: NewAdoption,
  known: KnownConfigurations,
): Promise<readonly ConfigEvent[]> {
  const place = { created: inputsCreated, offset: inputsOffset, isNew: false }
  const unknown = await unknownConfigurations(connection, inputs, place, known)
  const newest = await known.at(Number.POSITIVE_INFINITY)
  const events = [...(await known.from(settled)), ...answersToProvision(unknown, newest, (kind) => known.has(kind))]
  return events.sort((one, other) => one.inputSeq - other.inputSeq)
}

/** What the tables are bound to, and where guardians continue; an adoption that has begun keeps its decision. */
async function decideAdoption(
  { connection, client, manager, risk, inputs, previous, lastAdoption, adoption }: Survey,
  { by, reason }: Author,
  startProgress: StartProgress,
): Promise<{ readonly adoption: NewAdoption; readonly isNewInputs: boolean }> {
  if (adoption !== null) return { adoption, isNewInputs: adoption.settled === adoption.inputsOffset }
  const decided = await readDecided(client)
  const known = await KnownConfigurations.read(client)
  const place = await placeInputs(manager, inputs, decided.newest, lastAdoption)
  const unknown = await unknownConfigurations(connection, inputs, place, known)
  const settled = await settledUpTo(manager, inputs, place, decided, known, unknown, startProgress)
  const { created: inputsCreated, offset: inputsOffset, isNew: isNewInputs } = place
  return {
    adoption: { created: risk.created, previous, inputsCreated, inputsOffset, settled, by, reason },
    isNewInputs,
  }
}
