import { existsSync } from 'node:fs'

/** The first one has no window, and needs half of the CPU time for a page. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

export const CHROMIUM_FLAGS: readonly string[] = ['--no-sandbox', '--disable-background-networking']
export const NO_CHROMIUM = 'no Chromium is installed: apt-get install chromium, or name one in BROWSER_PATH'

/**
 * The program of a browser; null: none is installed.
 * @throws if BROWSER_PATH names one that is not there
 */
export function findChromium(
  { BROWSER_PATH }: { readonly BROWSER_PATH?: string | undefined } = process.env,
  exists: (place: string) => boolean = existsSync,
): string | null {
  if (!BROWSER_PATH) return PLACES.find((place) => exists(place)) ?? null
  if (exists(BROWSER_PATH)) return BROWSER_PATH
  throw new Error(`BROWSER_PATH is ${BROWSER_PATH}, and there is no such file: name a Chromium`)
}
