import { useEffect, useState } from 'preact/hooks'
import type { Answer } from '../api/ask.ts'
import { formatTime, zoneName } from '../formats/times.ts'
import { zone } from '../store/preferences.ts'
import type { CommandKind } from './command-kinds.ts'
import { askPreview, type Preview } from './preview.ts'

/** Asked after the reader has stopped to type. */
const AFTER_MS = 300

interface PreviewPanelProps {
  readonly kind: CommandKind
  readonly id: string
  /** Null: what is written is not complete. */
  readonly body: Readonly<Record<string, unknown>> | null
  /** What the reader has seen of the trader: when it changes, the rules are asked again. */
  readonly basis: string | null
  /** Called with the ETag of the trader that the answer is about. */
  readonly onTag: (tag: string | null) => void
}

/** What would happen now, as the rules say it. */
export function PreviewPanel({ kind, id, body, basis, onTag }: PreviewPanelProps) {
  const [answer, setAnswer] = useState<Answer<Preview> | null>(null)
  const text = body === null ? null : JSON.stringify(body)
  useEffect(() => {
    setAnswer(null)
    if (text === null) return
    const over = new AbortController()
    const timer = setTimeout(() => {
      void askPreview(kind, id, JSON.parse(text), over.signal).then((told) => {
        if (over.signal.aborted) return
        setAnswer(told)
        if (told.ok) onTag(told.etag)
      })
    }, AFTER_MS)
    return () => {
      clearTimeout(timer)
      over.abort()
    }
  }, [kind, id, text, basis])
  return (
    <section class="preview" aria-live="polite" aria-label="What would happen now">
      <h3>What would happen now</h3>
      {body === null ? <p class="quiet">Fill in the form to see it.</p> : <PreviewWords answer={answer} />}
    </section>
  )
}

function PreviewWords({ answer }: { readonly answer: Answer<Preview> | null }) {
  if (answer === null) return <p class="quiet">Asking the rules …</p>
  if (!answer.ok) return <p class="fault">{answer.message}</p>
  const { refused, words, before, after, pending, warnings } = answer.body
  return (
    <>
      {refused !== null && <p class="fault">It would be refused: {refused}</p>}
      {refused === null && <p>{words ?? 'Nothing would change.'}</p>}
      {refused === null && (
        <p>
          Entries are {before.allowed ? 'allowed' : 'blocked'} now, and would be {after.allowed ? 'allowed' : 'blocked'}
          {after.reason !== null && `: ${after.reason}`}.
        </p>
      )}
      {pending.map(({ at, limits }) => (
        <p key={at}>
          Loosened, and therefore in force only from {formatTime(at, zoneName(zone.value, null))}:{' '}
          {Object.keys(limits).join(', ')}.
        </p>
      ))}
      {warnings.map((warning) => (
        <p key={warning} class="fault">
          Probably not meant: {warning}
        </p>
      ))}
    </>
  )
}
