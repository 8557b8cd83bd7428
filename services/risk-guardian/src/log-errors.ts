import { damageReason, type LogDamage, streams } from '@drawbridge/contracts'
import type { StoredMsg } from '@nats-io/jetstream'

const REPAIR = 'repair it with: npm run drawbridge -- adopt-log'

/** The risk log is damaged: no decision may be based on it until an operator has repaired it. */
export class RiskLogDamagedError extends Error {
  override readonly name = 'RiskLogDamagedError'
  readonly damage: LogDamage

  constructor(damage: LogDamage) {
    super(`the risk log is damaged: ${damageReason(damage)}; ${REPAIR}`)
    this.damage = damage
  }
}

/** No decision may be based on the risk log: every trader would start over, or two logs would mix. Needs an operator. */
export class RiskLogRefusedError extends Error {
  override readonly name = 'RiskLogRefusedError'
  readonly recoverable = false
}

/** INPUTS is not the stream whose inputs are settled: going on would silently leave out inputs. */
export class InputsRecreatedError extends Error {
  override readonly name = 'InputsRecreatedError'
}

/** The log ends before an event that was read from it: it was recreated, or has lost its end. */
export class EventGoneError extends Error {
  override readonly name = 'EventGoneError'
  /** What it means if the log was not recreated. */
  readonly damage: LogDamage

  /** @param subject on which `knownSeq` was the last known event, and the log now ends at `lastSeq` (0: empty) */
  constructor(lastSeq: number, knownSeq: number, subject: string) {
    super(
      `the risk log no longer holds event ${knownSeq} on ${subject}: RISK was recreated while this guardian ran; ` +
        'restart the guardian to judge by the new log',
    )
    const stream = streams.risk
    this.damage =
      lastSeq === 0 ? { kind: 'unreadable', stream, subject } : { kind: 'ends-early', stream, lastSeq, knownSeq }
  }
}

/** @throws {EventGoneError} if the log no longer holds what is known of it */
export function checkNotRecreated(last: StoredMsg | null, knownSeq: number, subject: string): void {
  const lastSeq = last?.seq ?? 0
  if (lastSeq < knownSeq) throw new EventGoneError(lastSeq, knownSeq, subject)
}

/** The damage that an error or its cause reports; null: none. */
export function damageOf(error: unknown): RiskLogDamagedError | null {
  if (error instanceof RiskLogDamagedError) return error
  return error instanceof Error && error.cause !== undefined ? damageOf(error.cause) : null
}

/** Whether a look at the logs has found something that no later look will contradict. */
export function isFinal(error: unknown): boolean {
  return damageOf(error) !== null || error instanceof RiskLogRefusedError || error instanceof InputsRecreatedError
}

/** An event of the risk log that cannot be read: no guardian may go on without it. @param where its subject or trader */
export function unreadableEvent(seq: number, where: string, reason: string): Error {
  return new Error(
    `event ${seq} of the risk log${where} cannot be read: ${reason}; ` +
      'it was written by something other than a guardian, or by a newer one: upgrade this one',
  )
}
