import type { StoredMsg } from '@nats-io/jetstream'

/** A log that ends before what was read of it: it was recreated, or has lost its end. */
export class EventGoneError extends Error {
  override readonly name = 'EventGoneError'
  readonly lastSeq: number
  readonly knownSeq: number
  /** On which that event was the last one known. */
  readonly subject: string

  constructor(lastSeq: number, knownSeq: number, subject: string) {
    super(
      `the risk log no longer holds event ${knownSeq} on ${subject}: RISK was recreated while this guardian ran; ` +
        'restart the guardian to judge by the new log',
    )
    this.lastSeq = lastSeq
    this.knownSeq = knownSeq
    this.subject = subject
  }
}

/** @throws {EventGoneError} where the log no longer holds what is known of it */
export function checkNotRecreated(last: StoredMsg | null, knownSeq: number, subject: string): void {
  const lastSeq = last?.seq ?? 0
  if (lastSeq < knownSeq) throw new EventGoneError(lastSeq, knownSeq, subject)
}
