import type { Browser } from 'playwright-core'
import { measureRounds } from '../figures.ts'
import { MeasuredPage } from './browser.ts'
import { DEMO_TRADER } from './system.ts'

/** Milliseconds. */
export interface PaintRound {
  readonly firstPaint: number
  readonly firstRow: number
}

/** The fleet, in a browser that has nothing of it yet: from the navigation until something, and until traders are painted. */
export function measurePaint(browser: Browser, url: string, rounds: number): Promise<readonly PaintRound[]> {
  return measureRounds('paint', rounds, async () => {
    const opened = await MeasuredPage.open(browser, `${url}/?sort=id`)
    const round = { firstRow: await opened.time('firstRow'), firstPaint: await opened.time('firstPaint') }
    await opened.close()
    return round
  })
}

/** The whole history of the demo: from its arrival until it is painted. */
export function measureChart(
  browser: Browser,
  url: string,
  rounds: number,
): Promise<readonly { readonly drawnMs: number }[]> {
  return measureRounds('chart', rounds, async () => {
    const opened = await MeasuredPage.open(browser, `${url}/traders/${DEMO_TRADER}`)
    const drawnMs = await opened.time('chart')
    await opened.close()
    return { drawnMs }
  })
}
