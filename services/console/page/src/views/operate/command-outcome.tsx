import type { Answer } from '../../api/ask.ts'
import { ChangedMeanwhile } from './changed-meanwhile.tsx'

/** What the console answers to a command. */
export interface Stored {
  readonly input: number | null
  readonly seq: number | null
  readonly traceId: string | null
  readonly event: Readonly<Record<string, unknown>> | null
  readonly warnings?: readonly string[]
}

interface CommandOutcomeProps {
  readonly answer: Answer<Stored>
  /** Called where somebody else was first, and the reader wants to see what is in force. */
  readonly onLookAgain: () => void
}

/** The event of a command, or why there is none. */
export function CommandOutcome({ answer, onLookAgain }: CommandOutcomeProps) {
  if (!answer.ok && answer.status === 412) {
    return <ChangedMeanwhile message={answer.message} onLookAgain={onLookAgain} />
  }
  if (!answer.ok) {
    return (
      <section class="outcome" data-outcome="refused" role="alert">
        <h3>It was not done</h3>
        <p>{answer.message}</p>
      </section>
    )
  }
  const { input, seq, traceId, event } = answer.body
  if (event === null) {
    return (
      <section class="outcome" data-outcome="undecided" role="status">
        <h3>It is taken, and not decided yet</h3>
        <p>
          It is input {input ?? 'of a number that is not known yet'}. A guardian decides it as soon as one is there.
        </p>
      </section>
    )
  }
  return (
    <section class="outcome" data-outcome="stored" role="status">
      <h3>It is done</h3>
      <p>
        Input {input} made event {seq} of the risk log, of the type {String(event.type)}. Trace {traceId}.
      </p>
      <details>
        <summary>The event</summary>
        <pre>
          <code>{JSON.stringify(event, null, 2)}</code>
        </pre>
      </details>
    </section>
  )
}
