import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@drawbridge/contracts'
import type { Browser } from 'playwright-core'
import { type Delay, delayOf } from '../figures.ts'
import type { BenchServer } from '../server.ts'
import { type Held, MeasuredPage } from './browser.ts'
import { type Flow, StoredTimes } from './flow.ts'

const TAKE_EVERY_MS = 1_000
const HELD_EVERY_MS = 60_000
/** Code is compiled, and every row has been seen once. */
const WARM_UP_MS = 15_000
const SCROLL_MS = 15_000

export interface FlowResult {
  /** From an event stored in RISK until its equity was painted. */
  readonly shown: Delay & { readonly count: number }
  readonly frames: Delay
  readonly scrollFrames: Delay
  /** At the beginning, each minute, and at the end. */
  readonly held: readonly Held[]
  readonly eventsPerSecond: number
}

/** What a page of the whole fleet shows, and holds, while events flow; and how it scrolls meanwhile. */
export async function measureFlow(
  browser: Browser,
  { url, server, flow, minutes }: { url: string; server: BenchServer; flow: Flow; minutes: number },
): Promise<FlowResult> {
  const opened = await MeasuredPage.open(browser, `${url}/?sort=id`)
  await opened.time('firstRow')
  await delay(WARM_UP_MS)
  await opened.scroll(SCROLL_MS / 3)
  await opened.page.evaluate("document.querySelector('.scroller').scrollTop = 0")
  await opened.take()
  const { state } = await server.manager.streams.info(streams.risk)
  const stored = await StoredTimes.follow(server.connection, state.last_seq)
  const delays: number[] = []
  const frames: number[] = []
  const takeAll = async () => {
    const taken = await opened.take()
    frames.push(...taken.frames)
    for (const { trader, equity, at } of taken.shown) {
      const storedAt = stored.take(trader, equity)
      if (storedAt !== null) delays.push(at - storedAt)
    }
  }
  const held = [await opened.held()]
  await opened.take()
  const begun = performance.now()
  const sentBefore = flow.sent
  for (let nextHeld = HELD_EVERY_MS; ; ) {
    await delay(TAKE_EVERY_MS)
    await takeAll()
    const past = performance.now() - begun
    if (past >= minutes * 60_000) break
    if (past < nextHeld) continue
    nextHeld += HELD_EVERY_MS
    held.push(await opened.held())
    console.error(`flow ${Math.round(past / 1_000)} s ${JSON.stringify(held.at(-1))}`)
  }
  const eventsPerSecond = Math.round((flow.sent - sentBefore) / ((performance.now() - begun) / 1_000))
  held.push(await opened.held())
  await opened.take()
  await opened.scroll(SCROLL_MS)
  const { frames: scrolled } = await opened.take()
  stored.stop()
  await opened.close()
  const shown = { count: delays.length, ...delayOf(delays, 0) }
  return { shown, frames: delayOf(frames, 1), scrollFrames: delayOf(scrolled, 1), held, eventsPerSecond }
}
