import { isDeepStrictEqual } from 'node:util'
import { inWords, type Parsed, printable } from '@drawbridge/contracts'
import { Random } from '@drawbridge/testing/random'
import type { Target } from './target.ts'

/** Characters; what a person reads at a glance is far shorter. */
export const REASON_MAX = 4_096

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype] as const
const UNTOUCHED = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length)

/** The outcome of an input, or the broken promise. */
export type Checked = 'accepted' | 'refused' | { readonly fault: string }

/** Lets a target read an input, and reports which promise that breaks. */
export function checkInput(target: Target, bytes: Uint8Array, seed: number): Checked {
  let first: Parsed<unknown>
  try {
    first = target.read(bytes, new Random(seed))
    // Others must not be read differently for what was read before.
    const second = target.read(bytes.slice(), new Random(seed))
    if (!isDeepStrictEqual(first, second)) return { fault: 'the same bytes gave another answer' }
    const fault = first.ok ? acceptedWrongly(target, first.value) : refusedWrongly(first)
    if (fault !== null) return { fault }
  } catch (error) {
    return { fault: `threw ${inWords(error)}` }
  }
  const isTouched = PROTOTYPES.some((prototype, at) => Reflect.ownKeys(prototype).length !== UNTOUCHED[at])
  if (isTouched) return { fault: 'a prototype was changed' }
  return first.ok ? 'accepted' : 'refused'
}

function refusedWrongly({ reason, error }: { readonly reason: string; readonly error?: unknown }): string | null {
  if (error !== undefined) return `threw inside: ${inWords(error)}`
  if (reason === '') return 'refused without a reason'
  if (reason.length > REASON_MAX) return `the reason has ${reason.length} characters`
  if (printable(reason, Number.MAX_SAFE_INTEGER) !== reason) return 'the reason is not printable'
  return null
}

function acceptedWrongly({ read, write, sameBy }: Target, value: unknown): string | null {
  if (write === null) return null
  const bytes = Buffer.from(write(value as never))
  const again = read(bytes, new Random(0))
  if (!again.ok) return `what was accepted is refused once written: ${again.reason}`
  const isSame = sameBy === 'value' ? isDeepStrictEqual(again.value, value) : bytes.equals(write(again.value as never))
  return isSame ? null : 'what was accepted is read as another once written'
}
