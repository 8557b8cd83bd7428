const LEAST_MS = 1_000
const MOST_MS = 15_000

/**
 * How long a page waits before it tries the console again: longer each time, and not the same for all pages, which would come
 * back at one moment.
 * @param failures in a row, from 1 on
 * @param random from 0 up to 1
 */
export function waitBeforeRetry(failures: number, random: number): number {
  const longest = Math.min(MOST_MS, LEAST_MS * 2 ** (failures - 1))
  return longest * (0.5 + random / 2)
}
