import { OfflineJudge, storedEvent } from '@drawbridge/risk-engine'

/** A message of a stream, as a test reads it. */
export interface Kept {
  readonly seq: number
  readonly subject: string
  readonly time: number
  readonly payload: Uint8Array
  readonly header: (name: string) => string
}

/** An event that the risk log must have. */
export interface ExpectedEvent {
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

export interface Judged {
  /** In the order of the inputs; the order within one input is free. */
  readonly events: readonly ExpectedEvent[]
  /** Sequences of the inputs without an event in any trader's log. */
  readonly rejected: readonly number[]
}

/** The decisions on an input log, judged at once. Guardians must write the same, whatever faults they had. */
export function judgeOffline(inputs: readonly Kept[]): Judged {
  const judge = new OfflineJudge()
  const decoder = new TextDecoder()
  const events: ExpectedEvent[] = []
  const rejected: number[] = []
  for (const input of inputs) {
    const judged = judge.judge({ ...input, data: input.payload })
    if (judged.rejected) rejected.push(input.seq)
    for (const event of judged.events) {
      judge.take(event)
      const { subject, data, inputSeq } = storedEvent(event)
      events.push({ subject, text: decoder.decode(data), inputSeq })
    }
  }
  return { events, rejected }
}
