import type { LimitOverrides } from '@drawbridge/contracts/pure'
import { InputReader, WhatIf } from '@drawbridge/risk-engine/what-if'
import type { Judged } from './messages.ts'
import { headOf, type Recording } from './recording.ts'

/** So many inputs are judged before anybody else gets a turn: a few milliseconds. */
const TURN = 2_000
/** A recording of more events would not fit into the memory of a browser. */
const EVENTS_MAX = 20_000_000

/**
 * Judges a recording by each of the changes, progressively.
 * @param turn called between turns; false ends the work
 */
export async function judgeRecording(
  recording: Recording,
  changes: readonly LimitOverrides[],
  turn: (judged: () => Judged) => Promise<boolean>,
): Promise<Judged | null> {
  const head = headOf(await recording.block(0))
  if (head.events > EVENTS_MAX) {
    throw new Error(`${head.trader} has ${head.events} events, and at most ${EVENTS_MAX} can be judged in a browser`)
  }
  const whatIfs = changes.map((change) => new WhatIf(head.trader, change, head))
  let events = 0
  const judged = (): Judged => ({
    events,
    of: head.events,
    cut: head.cut,
    from: head.from,
    to: head.to,
    reports: whatIfs.map((one) => one.report()),
  })
  for (let place = 1; ; place += 1) {
    const block = await recording.block(place)
    if (block === null) return judged()
    if (block.kind !== 'inputs') continue
    const inputs = new InputReader(block.body)
    for (let input = inputs.next(); input !== null; input = inputs.next()) {
      for (const whatIf of whatIfs) whatIf.take(input)
      events += 1
      if (events % TURN === 0 && !(await turn(judged))) return null
    }
  }
}
