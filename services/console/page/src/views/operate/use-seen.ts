import { useEffect, useState } from 'preact/hooks'
import { ask } from '../../api/ask.ts'

/** What the reader has seen of a thing that others change, too, by its ETag. */
export interface Seen {
  /** It goes with a command, which is then given only if nobody has changed the thing since; null: not known. */
  readonly tag: string | null
  /** Whether a later answer has shown that somebody else changed it. */
  readonly isChanged: boolean
  readonly hear: (tag: string | null) => void
  /** The reader looks again, or has changed it: what comes next counts as seen. */
  readonly lookAgain: () => void
}

const NOTHING = { first: null, last: null } as const

/** @param hint changes when the thing may have changed: then it is asked for again */
export function useSeen(path: string, hint: string): Seen {
  const [round, setRound] = useState(0)
  const [tags, setTags] = useState<{ readonly first: string | null; readonly last: string | null }>(NOTHING)
  const hear = (tag: string | null) => {
    if (tag !== null) setTags(({ first }) => ({ first: first ?? tag, last: tag }))
  }
  useEffect(() => {
    const over = new AbortController()
    void ask(path, { signal: over.signal }).then((answer) => {
      if (answer.ok && !over.signal.aborted) hear(answer.etag)
    })
    return () => over.abort()
  }, [path, hint, round])
  const lookAgain = () => {
    setTags(NOTHING)
    setRound((before) => before + 1)
  }
  return { tag: tags.first, isChanged: tags.last !== tags.first, hear, lookAgain }
}
