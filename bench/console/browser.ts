import { setTimeout as delay } from 'node:timers/promises'
import { CHROMIUM_FLAGS, findChromium, NO_CHROMIUM } from '@drawbridge/testing/chromium'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { use } from '../released.ts'
import { IN_PAGE, type PageProbe, type Taken } from './in-page.ts'

const WITHIN_MS = 60_000
const LOOK_EVERY_MS = 50
const VIEWPORT = { width: 1280, height: 900 }

/** @throws if none is installed */
export async function startBrowser(): Promise<{ readonly browser: Browser; readonly release: () => Promise<void> }> {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(NO_CHROMIUM)
  const start = () =>
    chromium.launch({
      executablePath,
      args: [...CHROMIUM_FLAGS, '--enable-precise-memory-info'],
      // The bench itself ends it.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  const { value: browser, release } = await use('browser', start, (started) => started.close())
  return { browser, release }
}

/** What a page holds, after a full collection of garbage. */
export interface Held {
  readonly heapBytes: number
  readonly nodes: number
  readonly listeners: number
}

/** A page with the probe in it. */
export class MeasuredPage {
  readonly page: Page
  readonly #devtools: CDPSession

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page
    this.#devtools = devtools
  }

  /** A page that nothing is kept of, as of somebody who comes for the first time. */
  static async open(browser: Browser, url: string): Promise<MeasuredPage> {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-US', timezoneId: 'UTC' })
    context.setDefaultTimeout(WITHIN_MS)
    await context.addInitScript(IN_PAGE)
    const page = await context.newPage()
    await page.goto(url)
    return new MeasuredPage(page, await context.newCDPSession(page))
  }

  /** Resolves when this time is known. @throws if it takes too long */
  async time(name: keyof PageProbe): Promise<number> {
    const deadline = performance.now() + WITHIN_MS
    while (performance.now() < deadline) {
      const time = (await this.page.evaluate<PageProbe>('probe.times()'))[name]
      if (time !== null) return time
      await delay(LOOK_EVERY_MS)
    }
    throw new Error(`${this.page.url()} did not tell ${name} within ${WITHIN_MS / 1_000} s`)
  }

  take(): Promise<Taken> {
    return this.page.evaluate<Taken>('probe.take()')
  }

  async scroll(ms: number): Promise<void> {
    await this.page.evaluate(`probe.scroll(${ms})`)
  }

  async held(): Promise<Held> {
    // What the first collection frees may let the second free more.
    for (let round = 0; round < 2; round += 1) await this.#devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.#devtools.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await this.#devtools.send('Memory.getDOMCounters')
    return { heapBytes: usedSize, nodes, listeners: jsEventListeners }
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }
}
