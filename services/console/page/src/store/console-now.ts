import { clock } from './clock.ts'
import { fleet } from './live.ts'

/** The time by the clock of the console, which tells it with each pulse: the reader's machine may be wrong by hours. */
export function consoleNow(): number {
  const { pulse, pulseAt } = fleet
  const { steady, wall } = clock.value
  const [told, at] = [pulse.value, pulseAt.value]
  return told === null || at === null ? wall : told.now + Math.max(0, steady - at)
}
