import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { BROWSER, launch } from '../console/browser.ts'

export const hasBrowser = BROWSER !== null
export const openBrowser = launch

const BUILD = fileURLToPath(new URL('../../services/console/page/build.ts', import.meta.url))

/** Builds the page where its sources have changed. */
export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, [BUILD, '--if-needed'])
}

/** A page, and what its console and its Content-Security-Policy complained of. */
export async function openPage(
  browser: Browser,
  url: string,
  more: Parameters<Browser['newPage']>[0] = {},
): Promise<{ page: Page; faults: string[] }> {
  const usual = { viewport: { width: 1200, height: 900 }, timezoneId: 'UTC', locale: 'en-US' }
  const page = await browser.newPage({ ...usual, ...more })
  page.setDefaultTimeout(60_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(url)
  return { page, faults }
}

/** Puts fingers on the screen, moves each, and takes them off. */
export async function touch(page: Page, fingers: readonly (readonly [from: Place, to: Place])[]): Promise<void> {
  const screen = await page.context().newCDPSession(page)
  const points = (share: number) =>
    fingers.map(([from, to], id) => ({
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
      id,
    }))
  await screen.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points(0) })
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await screen.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: points(share) })
  }
  await screen.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await screen.detach()
}

interface Place {
  readonly x: number
  readonly y: number
}
