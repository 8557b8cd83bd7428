import type { Cell } from './table.ts'

const LENGTH = 10
/** Below this share of the room people look closely. */
const NEAR_PCT = 25

/** What is left of the room to a limit, as a bar: full is all of it. @param pct as a decimal string */
export function barOf(pct: string): Cell {
  const left = Number(pct)
  const filled = Math.min(LENGTH, Math.max(left > 0 ? 1 : 0, Math.round((left / 100) * LENGTH)))
  const text = `${'█'.repeat(filled)}${'░'.repeat(LENGTH - filled)} ${shortPct(left).padStart(5)}`
  return { text, colour: left <= 0 ? 'red' : left <= NEAR_PCT ? 'yellow' : 'green' }
}

function shortPct(left: number): string {
  if (left > 0 && left < 1) return '<1 %'
  return `${left > 0 ? Math.floor(Math.min(left, 999)) : 0} %`
}
