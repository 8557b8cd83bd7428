import { findChromium, NO_CHROMIUM } from '@drawbridge/testing/chromium'

interface Asked {
  readonly BROWSER_PATH?: string | undefined
  /** `required`: the tests of the page must run. */
  readonly BROWSER_TESTS?: string | undefined
}

/**
 * The browser for the tests of the page; null: none is installed, and they are left out.
 * @param say called with the reason why they are left out, and how to run them
 * @throws if they must run and there is none, or if the named one is not there
 */
export function findBrowser(
  asked: Asked,
  exists: (place: string) => boolean,
  say: (words: string) => void,
): string | null {
  const found = findChromium(asked, exists)
  if (found !== null) return found
  if (asked.BROWSER_TESTS === 'required') throw new Error(`BROWSER_TESTS is "required", and ${NO_CHROMIUM}`)
  say(`The tests of the page are left out: ${NO_CHROMIUM}.`)
  return null
}
