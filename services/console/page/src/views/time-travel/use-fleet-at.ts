import { useEffect, useState } from 'preact/hooks'
import { ask } from '../../api/ask.ts'
import { type FleetAtAnswer, type TraderThen, toText } from '../../history/answers.ts'
import { type Refusal, useAnswer } from '../../history/use-answer.ts'

interface FleetAt {
  readonly traders: readonly TraderThen[]
  readonly isMore: boolean
  readonly isLoading: boolean
  readonly refusal: Refusal | null
  /** Reads the next page. */
  readonly more: () => void
  readonly again: () => void
}

const PAGE = 200

function pathAt(at: number, after: string | null): string {
  const query = new URLSearchParams({ at: toText(at), limit: String(PAGE), ...(after === null ? {} : { after }) })
  return `/api/history/traders?${query}`
}

interface Pages {
  readonly at: number
  readonly traders: readonly TraderThen[]
  readonly next: string | null
}

/** The traders as they were at an instant, page by page. Those of the instant before stay until it has answered. */
export function useFleetAt(at: number): FleetAt {
  const first = useAnswer<FleetAtAnswer>(pathAt(at, null))
  const [added, setAdded] = useState<Pages | null>(null)
  const [fault, setFault] = useState<Refusal | null>(null)
  useEffect(() => {
    setAdded(null)
    setFault(null)
  }, [at])
  const later = added?.at === at ? added : null
  const traders = [...(first.value?.traders ?? []), ...(later?.traders ?? [])]
  const next = later === null ? (first.value?.next ?? null) : later.next
  const more = async () => {
    const answer = await ask<FleetAtAnswer>(pathAt(at, next))
    if (!answer.ok) return setFault(answer)
    setFault(null)
    setAdded({ at, traders: [...(later?.traders ?? []), ...answer.body.traders], next: answer.body.next })
  }
  return {
    traders,
    isMore: next !== null,
    isLoading: first.isLoading,
    refusal: first.refusal ?? fault,
    more: () => void more(),
    again: first.again,
  }
}
