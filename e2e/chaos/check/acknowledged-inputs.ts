import type { ClientRecord, Evidence, Input, LostInputs, SentTick, Violation } from './evidence.ts'
import { shortest } from './evidence.ts'

/** The payload of a tick. */
interface TickPayload {
  readonly equity: string
  readonly tickSeq: number
}

type Needed = Pick<Evidence, 'inputs' | 'client'>

/** The most that an accepted tick needs from the trader service to INPUTS. */
const ON_THE_WAY_MS = 5_000

/** INPUTS knows a message by its id for so long. A tick whose answer was lost for longer is there again, with the same count. */
const ID_KNOWN_MS = 10_000

/** Each acknowledged input is in INPUTS once, as it was sent. */
export function checkAcknowledgedInputs({ inputs, client }: Needed): readonly Violation[] {
  const bySeq = new Map(inputs.map((input) => [input.seq, input]))
  const ticks = new Map<string, Input>()
  const violations: Violation[] = []
  for (const input of inputs) {
    const name = nameOf(input)
    if (name === null) continue
    const before = ticks.get(name)
    ticks.set(name, input)
    if (before === undefined || isForgotten(before, input)) continue
    violations.push({
      promise: 'what is sent twice is kept once',
      expected: `${name} once in INPUTS`,
      found: `it is input ${before.seq} and input ${input.seq}`,
    })
  }
  for (const tick of client.ticks) {
    if (tick.inputSeq === null) continue
    const input = bySeq.get(tick.inputSeq)
    if (input !== undefined && isTick(input, tick)) continue
    if (isLost(client.lostInputs, tick.inputSeq, tick.sentAt)) continue
    violations.push({
      promise: 'an acknowledged input is in INPUTS',
      expected: `input ${tick.inputSeq} to be ${inWords(tick)}`,
      found: input === undefined ? 'no such input' : `${input.subject} ${input.payload}`,
    })
  }
  return [...violations, ...lostOfHttp(client, ticks)]
}

/**
 * A tick that HTTP accepted waits in the trader service until JetStream has it. Ticks of an account are sent in
 * order, so a killed service only loses the last ticks that it had accepted.
 */
function lostOfHttp(
  { ticks, traderKilledAt: killedAt, lostInputs }: ClientRecord,
  kept: ReadonlyMap<string, Input>,
): Violation[] {
  const runOf = ({ sentAt }: SentTick) => killedAt.filter((at) => at <= sentAt).length
  const isKept = ({ trader, tickSeq }: SentTick) => kept.has(`tick ${tickSeq} of ${trader}`)
  const accepted = ticks.filter(({ inputSeq }) => inputSeq === null)
  const lastKept = new Map<string, number>()
  for (const tick of accepted) {
    const key = `${tick.trader} ${runOf(tick)}`
    if (isKept(tick)) lastKept.set(key, Math.max(tick.tickSeq, lastKept.get(key) ?? 0))
  }
  return accepted
    .filter((tick) => {
      if (isKept(tick) || isLost(lostInputs, null, tick.sentAt)) return false
      const wasKilled = runOf(tick) < killedAt.length
      return !wasKilled || tick.tickSeq < (lastKept.get(`${tick.trader} ${runOf(tick)}`) ?? 0)
    })
    .map((tick) => ({
      promise: 'an acknowledged input is in INPUTS',
      expected: `${inWords(tick)}, accepted by HTTP, in INPUTS, as its service was not killed before it was sent`,
      found: 'no such input',
    }))
}

function isForgotten(before: Input, input: Input): boolean {
  return Date.parse(input.recordedAt) - Date.parse(before.recordedAt) >= ID_KNOWN_MS
}

/** Whether the disk lost the input. @param seq null: unknown; then the time decides */
export function isLost(lost: readonly LostInputs[], seq: number | null, sentAt: number): boolean {
  return lost.some(({ after, lastKeptAt, sentBefore }) => {
    if (sentAt > sentBefore) return false
    return seq === null ? sentAt > lastKeptAt - ON_THE_WAY_MS : seq > after
  })
}

function isTick(input: Input, { trader, tickSeq, equity }: SentTick): boolean {
  const payload = tickOf(input)
  return input.subject === `equity.tick.${trader}` && payload?.tickSeq === tickSeq && payload.equity === equity
}

function nameOf(input: Input): string | null {
  const payload = tickOf(input)
  return payload === null ? null : `tick ${payload.tickSeq} of ${input.subject.slice('equity.tick.'.length)}`
}

/** Null: not a tick of the client. */
export function tickOf({ subject, payload }: Input): TickPayload | null {
  if (!subject.startsWith('equity.tick.')) return null
  try {
    const { equity, seq } = JSON.parse(payload) as { equity: unknown; seq: unknown }
    return typeof equity === 'string' && typeof seq === 'number' ? { equity: shortest(equity), tickSeq: seq } : null
  } catch {
    return null
  }
}

function inWords({ trader, tickSeq, equity }: SentTick): string {
  return `tick ${tickSeq} of ${trader}, equity ${equity}`
}
