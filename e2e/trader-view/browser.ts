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
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, timezoneId: 'UTC', locale: 'en-US' })
  page.setDefaultTimeout(60_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(url)
  return { page, faults }
}
