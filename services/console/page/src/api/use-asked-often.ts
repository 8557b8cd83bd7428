import { useEffect, useState } from 'preact/hooks'
import { type Answer, ask } from './ask.ts'

export interface AskedOften<T> {
  /** The last answer; null: there is none yet. */
  readonly answer: Answer<T> | null
  /** Asks at once, as after something was changed. */
  readonly look: () => Promise<void>
}

/** What the console answers on a path, asked again and again while the page is seen. */
export function useAskedOften<T>(path: string, everyMs: number): AskedOften<T> {
  const [answer, setAnswer] = useState<Answer<T> | null>(null)
  const look = async () => setAnswer(await ask<T>(path))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const again = async () => {
      const told = document.hidden ? null : await ask<T>(path)
      if (!isShown) return
      if (told !== null) setAnswer(told)
      timer = setTimeout(() => void again(), everyMs)
    }
    void again()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [path, everyMs])
  return { answer, look }
}
