import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  freshStreams,
  infrastructure,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage, hasBrowser, openBrowser, openPage, touch } from './trader-view/browser.ts'

const DAY_MS = 86_400_000
/** 500 days from the autumn of 2007 on; on one of them the account falls. */
const DAYS = 500
const BEGINS = Date.parse('2007-10-01T20:00:00Z')
const DOUBTFUL = { initial_balance: 1000, confirm_jump: { percent: 20, seconds: 5 } }
const CONFIG = { traders: { past: { limits: { time_base: 'event' } }, live: {}, doubtful: { limits: DOUBTFUL } } }

describe.skipIf(!hasBrowser)('the view of a trader, in a browser', () => {
  let connection: NatsConnection
  let database: TestDatabase
  let browser: Browser
  let url: string
  let withoutDatabase: string
  let guardian: ServiceProcess

  beforeAll(async () => {
    const { natsUrl } = infrastructure()
    connection = await connectNats(natsUrl, 'test', createLogger('test', 'silent'))
    await freshStreams(connection, CONFIG)
    database = await createDatabase()
    await migrate(database.url, createLogger('test', 'silent'))
    await buildPage()
    const env = { NATS_URL: natsUrl, DATABASE_URL: database.url }
    const away = { ...env, DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none' }
    guardian = spawnService('risk-guardian', env)
    const services = [guardian, spawnService('persister', env)]
    const consoles = [spawnService('console', env), spawnService('console', away)]
    for (const service of services) await service.waitForPort()
    ;[url = '', withoutDatabase = ''] = await Promise.all(consoles.map((one) => one.url()))
    for (let day = 0; day < DAYS; day += 1) await tick('past', equityOf(day), BEGINS + day * DAY_MS)
    await tick('live', 1000)
    await untilStored('past', DAYS)
    await untilStored('live', 1)
    browser = await openBrowser()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await connection?.close()
    await database?.drop()
  })

  async function tick(trader: string, equity: number, at?: number): Promise<void> {
    const time = at === undefined ? {} : { at: new Date(at).toISOString() }
    await jetstream(connection).publish(subjects.tick(trader), toJsonBytes({ equity, ...time }))
  }

  async function untilStored(trader: string, version: number): Promise<void> {
    const isStored = async () => {
      const answer = await fetch(`${url}/api/history/traders/${trader}/equity?points=5000`)
      if (answer.status !== 200) return false
      const { version: versions } = (await answer.json()) as { version: number[] }
      return (versions.at(-1) ?? 0) >= version
    }
    await eventually(isStored, { what: `event ${version} of ${trader} in the history`, timeoutMs: 120_000 })
  }

  const chart = (page: Page) => page.getByRole('application')
  const span = (page: Page) => {
    const query = new URL(page.url()).searchParams
    return Date.parse(query.get('until') ?? '') - Date.parse(query.get('from') ?? '')
  }
  const untilSpan = (page: Page, isSo: (ms: number) => boolean) =>
    eventually(async () => isSo(span(page)), { what: 'the address to name another span', timeoutMs: 30_000 })

  test('draws the past with its limits, and tells the same as a table', async () => {
    const { page, faults } = await openPage(browser, `${url}/traders/past`)
    await chart(page).waitFor()
    expect(await page.locator('.chart canvas').count()).toBe(2)
    for (const words of ['Peak', 'max_drawdown: floor', 'max_daily_loss: measured from']) {
      expect(await page.getByLabel(words).isChecked()).toBe(true)
    }
    await page.getByText('The chart as a table').click()
    const rows = page.getByRole('region', { name: 'The chart as a table' }).locator('tbody tr')
    await rows.first().waitFor()
    expect(await rows.count()).toBeGreaterThan(40)
    expect(await rows.count()).toBeLessThanOrEqual(60)
    expect(await rows.first().textContent()).toContain('1,000.00')
    expect(faults).toEqual([])
    await page.close()
  })

  test('zooms by keys, by wheel and by dragging, and the address has the span', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    await chart(page).waitFor()
    await chart(page).focus()
    await page.keyboard.press('+')
    await untilSpan(page, (ms) => Math.abs(ms - (DAYS * DAY_MS) / 1.5) < 2 * DAY_MS)
    await page.keyboard.press('0')
    await untilSpan(page, Number.isNaN)

    const place = (await page.locator('.chart .u-over').first().boundingBox()) ?? expect.fail('there is no chart')
    await page.mouse.move(place.x + place.width / 2, place.y + 50)
    await page.mouse.wheel(0, -500)
    await untilSpan(page, (ms) => ms < 250 * DAY_MS)

    await page.mouse.move(place.x + 100, place.y + 50)
    await page.mouse.down()
    await page.mouse.move(place.x + 300, place.y + 60, { steps: 5 })
    await page.mouse.up()
    await untilSpan(page, (ms) => ms < 60 * DAY_MS)
    await page.reload()
    await chart(page).waitFor()
    expect(span(page)).toBeLessThan(60 * DAY_MS)
    await page.close()
  })

  test('moves by one finger and zooms by two, and one finger up and down scrolls the page', async () => {
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
    const { page, faults } = await openPage(browser, `${url}/traders/past`, phone)
    await chart(page).waitFor()
    const plot = page.locator('.chart .u-over').first()
    await plot.scrollIntoViewIfNeeded()
    const place = async () => (await plot.boundingBox()) ?? expect.fail('there is no chart')
    const { x, y, width, height } = await place()
    const at = (share: number) => ({ x: x + share * width, y: y + height / 2 })
    await touch(page, [
      [at(0.4), at(0.2)],
      [at(0.6), at(0.8)],
    ])
    await untilSpan(page, (ms) => Math.abs(ms - (DAYS * DAY_MS) / 3) < 5 * DAY_MS)
    const from = () => Date.parse(new URL(page.url()).searchParams.get('from') ?? '')
    const before = from()
    await touch(page, [[at(0.3), at(0.6)]])
    const moved = (0.3 * DAYS * DAY_MS) / 3
    const hasMoved = async () => Math.abs(before - moved - from()) < 5 * DAY_MS
    await eventually(hasMoved, { what: 'the chart to move as far as the finger', timeoutMs: 30_000 })
    expect(Math.abs(span(page) - (DAYS * DAY_MS) / 3)).toBeLessThan(5 * DAY_MS)

    const shown = page.url()
    const middle = at(0.5)
    await touch(page, [[middle, { x: middle.x, y: middle.y - 150 }]])
    await eventually(async () => (await place()).y < y - 50, { what: 'the page to scroll', timeoutMs: 30_000 })
    expect(page.url()).toBe(shown)
    expect(faults).toEqual([])
    await page.close()
  })

  test('lists what the signs of the chart say, explains one, and goes there', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    const happened = page.getByRole('region', { name: 'What happened' })
    const breach = happened.getByRole('row').filter({ hasText: 'Breach' }).first()
    await breach.getByText(/max_\w+: [\d.]+ % of [\d.]+ %/).waitFor()
    await breach.getByRole('button', { name: /^Explain the breach/ }).click()
    await page
      .getByRole('dialog')
      .getByText(/reached the limit/)
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await breach.getByRole('button', { name: /^Show event/ }).click()
    await untilSpan(page, (ms) => Math.abs(ms - 30 * DAY_MS) < DAY_MS)
    await page.close()
  })

  test('lists events and explains a decision in words and numbers', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    await page.getByRole('button', { name: `Explain event ${DAYS}` }).click()
    const dialog = page.getByRole('dialog', { name: `Event ${DAYS} of past` })
    await dialog.getByText(/max_drawdown: equity .* is .* below the peak/).waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByRole('button', { name: `Explain event ${DAYS - 25}` }).waitFor()
    await page.close()
  })

  test('shows days, the deepest drawdowns and the time blocked, and goes there', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    await page.getByText(/^Entries waited .* of this time, \d+ times?\./).waitFor()
    await page.getByText('The days as a table').click()
    await page.getByRole('region', { name: 'The days as a table' }).locator('tbody tr').first().waitFor()
    expect(await page.locator('.heat').count()).toBeGreaterThan(20)
    await page
      .getByRole('button', { name: /^Show the drawdown of/ })
      .first()
      .click()
    await untilSpan(page, (ms) => ms > 0)
    await page.close()
  })

  test('saves the events as CSV and the chart as a picture', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    await chart(page).waitFor()
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
    expect(
      readFileSync(await csv.path(), 'utf8')
        .trimEnd()
        .split('\r\n'),
    ).toHaveLength(DAYS + 1)
    const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()])
    expect(png.suggestedFilename()).toBe('past.png')
    expect(
      readFileSync(await png.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    await page.close()
  })

  test('goes on with what comes', async () => {
    const { page } = await openPage(browser, `${url}/traders/live`)
    await page.locator('.chart-readout').getByText('1,000.00').first().waitFor()
    await tick('live', 1003.21)
    await page.locator('.chart-readout').getByText('1,003.21').first().waitFor()
    await page.locator('.trader-head').getByText('1,003.21').waitFor()
    await page.close()
  })

  test('reads again what came to an account that lives in the time of its ticks', async () => {
    const { page } = await openPage(browser, `${url}/traders/past`)
    await page
      .locator('.chart-readout')
      .getByText(money(equityOf(DAYS - 1)))
      .first()
      .waitFor()
    await tick('past', 877.77, BEGINS + DAYS * DAY_MS)
    await page.locator('.chart-readout').getByText('877.77').first().waitFor()
    await page.close()
  })

  test('says once that there is no such trader, with the way to all', async () => {
    const { page } = await openPage(browser, `${url}/traders/nobody`)
    await page.getByRole('link', { name: 'All traders' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(1)
    await page.getByRole('link', { name: 'All traders' }).click()
    await page.getByRole('link', { name: 'past', exact: true }).waitFor()
    await page.close()
  })

  test('says that there is no history while the database is away, and shows what is live', async () => {
    const { page } = await openPage(browser, `${withoutDatabase}/traders/live`)
    await page.getByText('The history cannot be read now.').first().waitFor()
    await page
      .locator('.trader-head')
      .getByText(/^1,00\d\.\d\d/)
      .waitFor()
    await page.goto(`${withoutDatabase}/time-travel`)
    await page.getByText('The history cannot be read now.').waitFor()
    await page.close()
  })

  test('lists cash flows, and readings that were not confirmed', async () => {
    for (const equity of [1000, 5000, 1001]) await tick('doubtful', equity)
    const body = JSON.stringify({ amount: '250', reason: 'a deposit' })
    const answer = await fetch(`${url}/api/traders/doubtful/cash-flow`, { method: 'POST', body })
    const { event } = (await answer.json()) as { event: { version: number } }
    await untilStored('doubtful', event.version)
    const { page } = await openPage(browser, `${url}/traders/doubtful`)
    const happened = page.getByRole('region', { name: 'What happened' })
    await happened.getByRole('row').filter({ hasText: 'Cash flow' }).getByText('+250.00, a deposit').waitFor()
    await happened.getByRole('row').filter({ hasText: 'Unconfirmed' }).getByText('5,000.00').waitFor()
    await page.close()
  })

  test('shows the fleet as it was, by typing and by the slider, and the address has the instant', async () => {
    const { page, faults } = await openPage(browser, `${url}/time-travel?at=2008-01-15T12:00:00.000Z`)
    const row = page.getByRole('row').filter({ hasText: 'past' })
    await row.getByText(money(equityOf(105))).waitFor()
    expect(await page.getByRole('row').filter({ hasText: 'live' }).count()).toBe(0)

    await page.locator('input[type=datetime-local]').fill('2007-10-02T21:00:00')
    await row.getByText(money(equityOf(1))).waitFor()
    await page.waitForURL(({ searchParams }) => searchParams.get('at') === '2007-10-02T21:00:00.000Z')

    await page.getByRole('slider', { name: 'Instant of the history' }).focus()
    await page.keyboard.press('End')
    await page.getByRole('row').filter({ hasText: 'live' }).waitFor()
    expect(faults).toEqual([])
    await page.close()
  })

  test('gives back what each view has taken, however often it is left', async () => {
    const { page, faults } = await openPage(browser, `${url}/`)
    const devtools = await page.context().newCDPSession(page)
    const goTo = (path: string) =>
      page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`)
    const visit = async () => {
      for (const [path, seen] of [
        ['/traders/past', page.locator('.chart canvas').nth(1)],
        ['/what-if/past', page.locator('.chart canvas').first()],
        ['/time-travel', page.getByRole('slider', { name: 'Instant of the history' })],
        ['/', page.getByRole('link', { name: 'past', exact: true })],
      ] as const) {
        await goTo(path)
        await seen.waitFor()
      }
    }
    const held = async () => {
      await devtools.send('HeapProfiler.collectGarbage')
      const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters')
      return { nodes, jsEventListeners }
    }
    const seen: Awaited<ReturnType<typeof held>>[] = []
    for (let round = 0; round < 4; round += 1) {
      await visit()
      seen.push(await held())
    }
    const most = (name: 'nodes' | 'jsEventListeners') => Math.max(...seen.map((one) => one[name]))
    for (let round = 0; round < 6; round += 1) await visit()
    // What was left last may be given back later.
    const isGivenBack = async () => {
      const { nodes, jsEventListeners } = await held()
      return nodes <= most('nodes') * 1.1 && jsEventListeners <= most('jsEventListeners') * 1.1
    }
    await eventually(isGivenBack, { what: 'no more nodes and listeners than after some visits', timeoutMs: 30_000 })
    await eventually(async () => page.workers().length === 0, { what: 'no worker' })
    expect(await page.locator('canvas').count()).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  test.each(['/traders/past', '/time-travel'])(
    'has nothing serious for a screen reader to stumble over: %s',
    async (path) => {
      const { page } = await openPage(browser, `${url}${path}`)
      await page.getByRole('table').first().waitFor()
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: AxeViolation[] }> } }
        const { violations } = await axe.run()
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
      })
      expect(found).toEqual([])
      await page.close()
    },
  )

  test('says on every view that no guardian is heard, as soon as gates close', async () => {
    const { page } = await openPage(browser, `${url}/health`)
    await page.getByText('knows the whole risk log').waitFor()
    await guardian.stop()
    await page.getByRole('alert').filter({ hasText: 'No guardian is heard' }).waitFor()
    await page.close()
  })
})

interface AxeViolation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Waves around 1,000, with one day that breaks the limit of a day. */
function equityOf(day: number): number {
  const fallen = day > 250 ? 150 : 0
  return Math.round((1000 + 40 * Math.sin(day / 20) - fallen) * 100) / 100
}

function money(amount: number): string {
  return new Intl.NumberFormat('en-US', { minimumFractionDigits: 2 }).format(amount)
}
