import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@drawbridge/contracts'
import { findUnreadable, untilAnswered } from '@drawbridge/nats'
import { readRemovedInputs } from '@drawbridge/service-kit'
import { rangesWithout } from './core/lost-ranges.ts'
import type { GuardianOptions, GuardianParts } from './guardian-parts.ts'
import { readConfigurations } from './inbound/read-configurations.ts'
import { RiskLogDamagedError } from './risk-log-damage.ts'

/** Nothing of the risk log comes for so long while it is read: what holds it up is looked for. */
const STUCK_AFTER_MS = 5_000
const LOOK_EVERY_MS = 20

/** Inputs that admins have removed, by sequence. */
type RemovedInputs = Awaited<ReturnType<typeof readRemovedInputs>>

/** What the input log held when it was looked at. */
interface RestoredInputs {
  /** The sequence of the last input. */
  readonly lastSeq: number
  /** When that was, by `performance.now()`. */
  readonly lookedAt: number
}

/**
 * Restores what the logs know: first start, restart and takeover are the same. Waits while the risk log is damaged.
 * @returns null: the service stops
 */
export async function restore(options: GuardianOptions, parts: GuardianParts): Promise<RestoredInputs | null> {
  const { lifecycle, log, onAsked, connection } = options
  const { watch, binding, failures, reader } = parts
  /** At the start NATS may be breaking down. Each step is safe to repeat until it has been done. */
  const answered = <T>(step: () => Promise<T>): Promise<T> =>
    untilAnswered(step, { what: 'the logs cannot be read', log, stopping: lifecycle.stopping })
  await answered(() => watch.untilWhole(() => onAsked?.()))
  if (lifecycle.stopping.aborted) return null
  await answered(() => binding.look())
  const unreadable = await answered(() => readNewest(options, parts))
  if (unreadable !== null) {
    await failures.haltUntilMended(unreadable)
    return null
  }
  reader.endStart()
  await answered(() => binding.look())
  reader.isWholeAfter(binding.lastSeq)
  const lookedAt = performance.now()
  const removed = await answered(() => readRemovedInputs(connection))
  const { settled, judged } = reader
  const { isBound, inputsOffset } = binding
  const held = await answered(() => parts.inputs.look(Math.max(settled, judged.seq) - inputsOffset))
  await answered(() => parts.inputs.checkHolds(judged.seq - inputsOffset, judged.time))
  binding.checkUsable(held.first_ts)
  if (!isBound) await parts.watermark.write(settled, parts.riskLog)
  const firstSeq = held.first_seq + inputsOffset
  for (const { from, to } of rangesWithout(settled + 1, firstSeq - 1, removed.keys())) parts.intake.tellLost(from, to)
  await answered(() => place(options, parts, Math.max(settled, firstSeq - 1), removed))
  return { lastSeq: held.last_seq + inputsOffset, lookedAt }
}

/**
 * Reads the newest event of each subject, and goes on hearing the log. A message that the server cannot read is left out, or
 * holds that up for good, and nothing tells: so it is looked for where a subject is missing, and where nothing comes.
 * @returns such damage; null: all is read
 */
async function readNewest(options: GuardianOptions, parts: GuardianParts): Promise<RiskLogDamagedError | null> {
  const { tail, reader, binding, watch, failures } = parts
  let [isRead, waitsSince, heard] = [false, performance.now(), 0]
  const read = async () => {
    isRead = false
    await tail.start(reader)
    isRead = true
    waitsSince = performance.now()
  }
  let reading = read()
  // The server may count one message less than it brings, where others are stored while it looks them up.
  while (!isRead || reader.subjectsRead < binding.subjects) {
    const soon = delay(LOOK_EVERY_MS, undefined, { ref: false })
    await (isRead ? soon : Promise.race([reading, soon]))
    if (failures.stopping.aborted) return reading.then(() => null)
    if (!isRead && watch.knownSeq > heard) waitsSince = performance.now()
    heard = watch.knownSeq
    if (performance.now() - waitsSince < STUCK_AFTER_MS) continue
    const subject = await findUnreadable(options.manager, streams.risk)
    if (subject !== null) return new RiskLogDamagedError({ kind: 'unreadable', stream: streams.risk, subject })
    waitsSince = performance.now()
    if (!isRead) continue
    // It can also leave out one that is stored meanwhile, until the next one is.
    options.log.warn('RISK did not bring the newest event of each subject; reading it again')
    reading = read()
  }
  return null
}

/**
 * The configurations are read only now: what was stored since the risk log is followed is known from there, and what was
 * stored before from here, so none is missed.
 */
async function place(
  { connection }: GuardianOptions,
  { watermark, configurations, intake, binding }: GuardianParts,
  settled: number,
  removed: RemovedInputs,
): Promise<void> {
  watermark.isCarried(settled)
  await readConfigurations(connection, (event) => configurations.apply(event, settled))
  configurations.advance(settled)
  intake.placeAfter(settled, binding.inputsOffset)
  for (const inputSeq of removed.keys()) intake.remove(inputSeq)
}
