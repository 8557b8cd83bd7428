import { type Amount, formatAmount, type TraderId } from '@drawbridge/contracts'

/**
 * The run of a sum's count names the group: who its members are, and with what their account periods began. Two processes
 * with the same group count in the same run, so that of two equal samples one counts. A group that has changed cannot go on
 * without a word: it would look as if its equity had been gained or lost.
 */
const RUN = /^sum-([0-9a-f]{16})-(\d{1,9})$/

/** The group as it is in the name of a run. @param firsts with what the account periods of its members began */
export function groupName(firsts: ReadonlyMap<TraderId, Amount | null>): string {
  const words = [...firsts].map(([trader, first]) => [trader, first === null ? '' : formatAmount(first)] as const)
  return fnv1a(JSON.stringify(words.sort(([one], [other]) => (one < other ? -1 : 1))))
}

/** Whether a run is one of this group. */
export function isOf(group: string, run: string | null): boolean {
  return run !== null && RUN.exec(run)?.[1] === group
}

/** A run of this group after that of another. It has a number of its own, because a run that is over never comes back. */
export function runAfter(group: string, last: string | null): string {
  const number = Number(RUN.exec(last ?? '')?.[2] ?? 0)
  return `sum-${group}-${number + 1}`
}

/** FNV-1a of 64 bits, in hexadecimal digits. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let index = 0; index < text.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n)
  }
  return hash.toString(16).padStart(16, '0')
}
