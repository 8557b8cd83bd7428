import { useEffect, useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'

/** Why there is no answer, in the words of the console. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

export interface Asked<T> {
  /** The last answer, also while the next one is asked for. */
  readonly value: T | null
  /** Why the last question has none; null: it has, or is being asked. */
  readonly refusal: Refusal | null
  readonly isLoading: boolean
  readonly again: () => void
}

/** A question waits so long for a newer one, as while somebody zooms. */
const SETTLE_MS = 60

/**
 * What the console answers on a path, asked again when the path changes.
 * @param path null: nothing is asked
 */
export function useAnswer<T>(path: string | null): Asked<T> {
  const [round, setRound] = useState(0)
  const [state, setState] = useState<Omit<Asked<T>, 'again'>>({ value: null, refusal: null, isLoading: path !== null })
  useEffect(() => {
    if (path === null) return
    const over = new AbortController()
    setState((before) => ({ ...before, isLoading: true }))
    const timer = setTimeout(async () => {
      const answer = await ask<T>(path, { signal: over.signal })
      if (over.signal.aborted) return
      if (answer.ok) setState({ value: answer.body, refusal: null, isLoading: false })
      else setState((before) => ({ value: before.value, refusal: answer, isLoading: false }))
    }, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      over.abort()
    }
  }, [path, round])
  return { ...state, again: () => setRound((before) => before + 1) }
}
