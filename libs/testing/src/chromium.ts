import { existsSync } from 'node:fs'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

export const CHROMIUM_FLAGS: readonly string[] = ['--no-sandbox', '--disable-background-networking']
export const NO_CHROMIUM = 'no Chromium is installed: apt-get install chromium, or name one in BROWSER_PATH'

/** The program of a browser; null: none is installed. */
export function findChromium(): string | null {
  return process.env.BROWSER_PATH || PLACES.find((place) => existsSync(place)) || null
}
