import { OfflineJudge, storedEvent } from '@drawbridge/risk-engine'

/** A message of a stream, as a test reads it. */
export interface Kept {
  readonly seq: number
  readonly subject: string
  readonly time: number
  readonly payload: Uint8Array
  readonly header: (name: string) => string
}

/** An event as the risk log must hold it. */
export interface ExpectedEvent {
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

export interface Judged {
  /** In the order of the inputs; the order within one input is free. */
  readonly events: readonly ExpectedEvent[]
  /** Sequences of the inputs that no trader's log holds. */
  readonly rejected: readonly number[]
}

/** What an input log comes to, judged in one go. What guardians write must be the same, whatever befell them. */
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
