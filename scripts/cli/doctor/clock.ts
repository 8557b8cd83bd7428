import { type Finding, fault, ok, warning } from './finding.ts'

/** From here on times of this machine and of the other are told apart by people. */
const SKEW_WARNING_MS = 1_000
/** A tick of event time that is further ahead of NATS is refused. */
const SKEW_FAULT_MS = 60_000

/**
 * Compares a clock with that of this machine.
 * @param ask what the other clock shows, milliseconds
 */
export async function checkClock(check: string, ask: () => Promise<number>): Promise<Finding> {
  const before = Date.now()
  const theirs = await ask()
  const after = Date.now()
  // Whenever between the two it was read.
  const skewMs = theirs < before ? theirs - before : Math.max(0, theirs - after)
  return judgeSkew(check, skewMs)
}

/** @param skewMs how far the other clock is ahead of ours */
export function judgeSkew(check: string, skewMs: number): Finding {
  const [size, words] = [Math.abs(skewMs), `${(Math.abs(skewMs) / 1000).toFixed(1)} s`]
  if (size < SKEW_WARNING_MS) return ok(check, 'agrees with this machine within a second')
  const found = `is ${words} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`
  const advice = 'have both machines take their time from NTP'
  return size < SKEW_FAULT_MS ? warning(check, found, advice) : fault(check, found, advice)
}
