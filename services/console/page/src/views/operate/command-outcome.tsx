import type { Answer } from '../../api/ask.ts'

/** What the console answers to a command. */
export interface Stored {
  readonly input: number | null
  readonly seq: number | null
  readonly traceId: string | null
  readonly event: Readonly<Record<string, unknown>> | null
  readonly warnings?: readonly string[]
}

/** The event of a command, or why there is none. */
export function CommandOutcome({ answer }: { readonly answer: Answer<Stored> }) {
  if (!answer.ok) {
    const isChanged = answer.status === 412
    return (
      <section class="outcome" data-outcome="refused" role="alert">
        <h3>{isChanged ? 'Somebody else has changed it meanwhile' : 'It was not done'}</h3>
        <p>{answer.message}</p>
        {isChanged && (
          <button type="button" onClick={() => location.reload()}>
            Show what is in force now
          </button>
        )}
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
