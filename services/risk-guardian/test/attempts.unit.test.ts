import type { AttemptNote } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'
import { isCareful, isHarmful, noteOfStart, noteOfStop } from '../src/core/attempts.ts'

/** Guardians that begin one after the other, each behind this input; the last note. */
function after(...settled: readonly number[]): AttemptNote {
  return settled.reduce<AttemptNote | null>(noteOfStart, null) ?? expect.fail('nobody began')
}

const CAREFUL = after(7, 7, 7, 7)

describe('guardians that begin', () => {
  it('at the same place again and again go carefully once three have ended', () => {
    expect([after(7), after(7, 7), after(7, 7, 7), CAREFUL].map(isCareful)).toEqual([false, false, false, true])
  })

  it('further on each time do not', () => {
    expect(isCareful(after(7, 7, 7, 8, 8, 8, 9))).toBe(false)
  })

  it('after one that stopped as it was told do not', () => {
    expect(isCareful(noteOfStart(noteOfStop(CAREFUL), 7))).toBe(false)
  })
})

describe('an input that was named', () => {
  const named = (note: AttemptNote, deciding: number): AttemptNote => ({ ...note, deciding })

  it('is harmful once two guardians have ended at it', () => {
    const once = noteOfStart(named(CAREFUL, 9), 7)
    expect([isCareful(once), isHarmful(once, 9)]).toEqual([true, false])
    const twice = noteOfStart(named(once, 9), 8)
    expect([isCareful(twice), isHarmful(twice, 9), isHarmful(twice, 8)]).toEqual([true, true, false])
  })

  it('is not suspected where it is settled, or another one ended the next guardian', () => {
    expect(noteOfStart(named(CAREFUL, 9), 9).suspect).toBeNull()
    const once = noteOfStart(named(CAREFUL, 9), 7)
    expect(isHarmful(noteOfStart(named(once, 8), 7), 9)).toBe(false)
  })
})
