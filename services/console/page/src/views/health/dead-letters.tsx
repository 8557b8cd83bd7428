import { formatCount } from '../../formats/amounts.ts'
import { formatTime, zoneName } from '../../formats/times.ts'
import { zone } from '../../store/preferences.ts'
import type { DeadLetter } from './health.ts'

/** What could not be used, with its bytes and the reason. */
export function DeadLetters({ letters }: { readonly letters: readonly DeadLetter[] }) {
  return (
    <section class="card" aria-label="Dead letters">
      <h2>Dead letters</h2>
      {letters.length === 0 ? (
        <p class="quiet">None. A message that cannot be used is kept here with the reason.</p>
      ) : (
        <>
          <p class="quiet">
            The newest {formatCount(letters.length)}. This lists all, and sends them again:{' '}
            <code>npm run drawbridge -- dead-letters</code>
          </p>
          <ul class="letters">
            {letters.map(({ seq, at, subject, reason, bytes, text }) => (
              <li key={seq}>
                <p>
                  <strong>{reason}</strong>
                </p>
                <p class="quiet">
                  {subject}, {formatTime(at, zoneName(zone.value, null))}, {formatCount(bytes)} bytes, number {seq}
                </p>
                <details>
                  <summary>What it says</summary>
                  <pre>
                    <code>{text}</code>
                  </pre>
                </details>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
