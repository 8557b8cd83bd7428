import { useAskedOften } from '../../api/use-asked-often.ts'
import { Connectors } from './connectors.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Guardians } from './guardians.tsx'
import type { Health } from './health.ts'
import { Stages } from './stages.tsx'
import { Streams } from './streams.tsx'

const EVERY_MS = 2_000

/** How each stage is doing, from the reading of a bot to the row in the database. */
export function HealthView() {
  const { answer } = useAskedOften<Health>('/api/health', EVERY_MS)
  return (
    <div class="health">
      <h1>Health</h1>
      {answer === null && <p class="empty">Asking every stage …</p>}
      {answer?.ok === false && (
        <p class="empty fault" role="alert">
          Nothing can be said now: {answer.message}. It is asked again every two seconds.
        </p>
      )}
      {answer?.ok === true && (
        <>
          <Stages health={answer.body} />
          <Guardians guardians={answer.body.guardians} />
          <Connectors connectors={answer.body.connectors} />
          <Streams health={answer.body} />
          <DeadLetters letters={answer.body.deadLetters} />
        </>
      )}
    </div>
  )
}
