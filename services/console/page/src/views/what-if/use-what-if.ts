import type { LimitsMessage } from '@drawbridge/contracts/pure'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Asked, Judged, Told } from './worker/messages.ts'

/** A slider that moves asks again and again; the last of what it says within this time is judged. */
const SETTLE_MS = 60

export type WhatIfAnswer =
  | { readonly state: 'loading' }
  | { readonly state: 'judged'; readonly isDone: boolean; readonly judged: Judged }
  | { readonly state: 'failed'; readonly words: string }

/** Judges settings in a worker, progressively. Other settings end what is running. */
export function useWhatIf(trader: string, settings: readonly LimitsMessage[]): WhatIfAnswer {
  const [answer, setAnswer] = useState<WhatIfAnswer>({ state: 'loading' })
  const ask = useRef<((asked: Asked) => void) | null>(null)
  const run = useRef(0)
  useEffect(() => {
    const worker = new Worker(new URL('./worker/what-if-worker.ts', import.meta.url), { type: 'module' })
    let isReady = false
    /** The last that was asked before the worker was ready. */
    let waiting: Asked | null = null
    ask.current = (asked) => {
      if (isReady) worker.postMessage(asked)
      else waiting = asked
    }
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'ready') {
        isReady = true
        if (waiting !== null) worker.postMessage(waiting)
        waiting = null
      } else if (data.run === run.current) setAnswer(answerOf(data))
    }
    worker.onerror = () => setAnswer({ state: 'failed', words: 'the worker could not be loaded: load the page again' })
    return () => {
      worker.terminate()
      ask.current = null
    }
  }, [])
  const wanted = JSON.stringify(settings)
  useEffect(() => {
    const timer = setTimeout(() => {
      run.current += 1
      ask.current?.({ kind: 'judge', run: run.current, trader, settings: JSON.parse(wanted) })
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [trader, wanted])
  return answer
}

function answerOf(told: Exclude<Told, { kind: 'ready' }>): WhatIfAnswer {
  if (told.kind === 'failed') return { state: 'failed', words: told.words }
  return { state: 'judged', isDone: told.isDone, judged: told.judged }
}
