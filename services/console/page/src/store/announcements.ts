import { computed, signal } from '@preact/signals'
import type { Change } from './fleet-store.ts'
import { isBlocking, STANDING_WORDS, standingOf } from './standing.ts'

const NAMED_MAX = 3

/** What has changed lately for trading, in words; the newest change replaces the one before. */
const words = signal('')
export const announced = computed(() => words.value)

export function announceChanges(changes: readonly Change[]): void {
  const said = changes.flatMap(({ before, after }) => {
    const [was, is] = [standingOf(before), standingOf(after)]
    if (isBlocking(is) && was !== is)
      return [`${after.id}: ${STANDING_WORDS[is].name}${after.reason === null ? '' : `, ${after.reason}`}.`]
    return isBlocking(was) && !isBlocking(is) ? [`${after.id}: ${STANDING_WORDS[is].name} again.`] : []
  })
  if (said.length === 0) return
  const more = said.length > NAMED_MAX ? [`And ${said.length - NAMED_MAX} more.`] : []
  words.value = [...said.slice(0, NAMED_MAX), ...more].join(' ')
}
