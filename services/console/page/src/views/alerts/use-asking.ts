import { useState } from 'preact/hooks'
import { type Answer, ask } from '../../api/ask.ts'

interface Asking<T> {
  readonly isBusy: boolean
  /** What the last one was answered, in words; null: nothing was asked yet. */
  readonly outcome: { readonly isFault: boolean; readonly words: string } | null
  /** Asks the notifier for something, then looks what there is. */
  readonly give: (path: string, body: object) => Promise<Answer<T>>
}

/** Gives commands to the notifier. @param inWords what one was answered that is not refused */
export function useAsking<T>(look: () => Promise<void>, inWords: (answer: T) => string): Asking<T> {
  const [isBusy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Asking<T>['outcome']>(null)
  const give = async (path: string, body: object) => {
    setBusy(true)
    const answer = await ask<T>(path, { method: 'POST', body })
    setOutcome({ isFault: !answer.ok, words: answer.ok ? inWords(answer.body) : answer.message })
    await look()
    setBusy(false)
    return answer
  }
  return { isBusy, outcome, give }
}
