import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { eventually, TcpProxy } from '@drawbridge/testing'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, Complaints, launch, seriousFaults, shoot } from './console/browser.ts'
import { ConsoleSystem, TOKENS } from './console/system.ts'

const MANY = 5_000
/** Unless settings say otherwise. */
const SESSION_HOURS = 12
/** What a button or a link that changes something begins with. */
const CHANGES = /^(select|pause|resume|apply|operate|change|switch o|correct|record|begin|end the)/i
/** A login that is refused on purpose, a command that is, a trader that is not there, and a console and a database that are cut off. */
const EXPECTED =
  /status of (401|403|409|412|503)|status of 404.*traders\/nobody|ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET)/

describe.skipIf(BROWSER === null)('the page of the console', () => {
  let system: ConsoleSystem
  let proxy: TcpProxy
  let browser: Browser
  const complaints = new Complaints()

  beforeAll(async () => {
    system = await ConsoleSystem.start()
    proxy = await TcpProxy.to(system.consoleUrl)
    browser = await launch()
    for (const trader of ['bot1', 'bot2']) await system.report(trader, 1000)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await proxy?.cut()
    await system?.stop()
  })

  async function newContext(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(60_000)
    complaints.watch(context, EXPECTED)
    return context
  }

  async function openAs(
    role: keyof typeof TOKENS,
    path = '/',
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Page> {
    const page = await (await newContext(options)).newPage()
    await page.goto(new URL(path, proxy.url).href)
    await page.getByLabel('Token').fill(TOKENS[role])
    await page.getByRole('button', { name: 'Log in' }).click()
    return page
  }

  const rowOf = (page: Page, trader: string) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name: trader, exact: true }) })

  test('lets nobody in without a token of a person, and says why', async () => {
    const page = await (await newContext()).newPage()
    await page.goto(proxy.url)
    for (const [token, words] of [
      ['x'.repeat(32), 'this token is not known'],
      [TOKENS.bot, 'has the role "bot"'],
    ] as const) {
      await page.getByLabel('Token').fill(token)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('alert').filter({ hasText: words }).waitFor()
    }
    expect(await seriousFaults(page)).toEqual([])
  })

  test('keeps the login in a cookie that no script reads, and forgets it at logout', async () => {
    const page = await openAs('read')
    await rowOf(page, 'bot1').waitFor()
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(TOKENS.read)
    expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }])
    await page.getByRole('button', { name: 'read-ann' }).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Token').waitFor()
    expect(await page.context().cookies()).toEqual([])
  })

  test('shows a reading once it is judged, and announces who is blocked, why, and how near the others are', async () => {
    const page = await openAs('read')
    await rowOf(page, 'bot1').getByText('Trading').waitFor()
    await rowOf(page, 'never').getByText('it has never reported its equity').waitFor()
    await system.report('bot1', 790)
    await rowOf(page, 'bot1').getByText('Blocked').waitFor()
    await page.getByText('1 trader is blocked').waitFor()
    await page
      .getByRole('status')
      .filter({ hasText: /bot1: Blocked, max_drawdown/ })
      .waitFor({ state: 'attached' })
    await rowOf(page, 'bot2').getByText('100 %').first().waitFor()
    await shoot(page, 'fleet')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('link', { name: 'Show them' }).click()
    await eventually(async () => (await page.getByRole('link', { name: 'bot2', exact: true }).count()) === 0, {
      what: 'only the blocked',
    })
    expect(new URL(page.url()).search).toBe('?state=flatten%2Cblocked')
  })

  test('ends a login at logout, also for a copy of its cookie, and a cookie alone changes nothing', async () => {
    const page = await openAs('operate')
    await rowOf(page, 'bot1').waitFor()
    const [{ name, value, expires } = expect.fail('there is no cookie')] = await page.context().cookies()
    expect(expires - Date.now() / 1_000).toBeLessThanOrEqual(SESSION_HOURS * 3_600 + 1)
    const knock = (path: string, method = 'GET', more: Readonly<Record<string, string>> = {}) =>
      fetch(new URL(path, system.consoleUrl), {
        method,
        headers: { cookie: `${name}=${value}`, ...more },
        ...(method === 'GET' ? {} : { body: JSON.stringify({ reason: 'from elsewhere' }) }),
      })
    const { csrf } = (await (await knock('/api/session')).json()) as { csrf: string }
    const foreign = await knock('/api/traders/bot2/pause', 'POST')
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { error: { code: 'no-csrf-token' } }])
    expect((await knock('/api/traders/bot2/preview/pause', 'POST', { 'x-csrf-token': csrf })).status).toBe(200)

    await page.getByRole('button', { name: 'operate-ann' }).click()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Token').waitFor()
    expect((await knock('/api/traders')).status).toBe(401)
  })

  test('asks for another token once the one of the login is taken away', async () => {
    const page = await openAs('operate')
    await rowOf(page, 'bot1').waitFor()
    await system.allow(['read', 'admin', 'bot'])
    await page.getByLabel('Token').waitFor()
    expect(await page.getByRole('row').count()).toBe(0)
    await system.allow(['read', 'operate', 'admin', 'bot'])
  })

  test('shows a reader nothing that would fail, in any view', async () => {
    const page = await openAs('read')
    const views: readonly (readonly [path: string, shown: Locator])[] = [
      ['/', rowOf(page, 'bot1')],
      ['/traders/bot1', page.getByRole('button', { name: 'Explain' }).first()],
      ['/what-if/bot1', page.getByRole('slider').first()],
      ['/time-travel', page.getByRole('slider').first()],
      ['/health', page.getByText('readings wait')],
      ['/operate', page.getByText('Your token has the role read')],
      ['/operate/bot2', page.getByText('Your token has the role read')],
    ]
    await rowOf(page, 'bot1').waitFor()
    for (const [path, shown] of views) {
      await page.goto(new URL(path, proxy.url).href)
      await shown.waitFor()
      const offered = await page.locator('button, a, input[type=checkbox]').evaluateAll((all) => {
        return all.map(({ textContent, parentElement }) => (textContent || parentElement?.textContent) ?? '')
      })
      expect(offered.length, path).toBeGreaterThan(5)
      expect(
        offered.filter((words) => CHANGES.test(words.trim())),
        path,
      ).toEqual([])
    }
  })

  test('offers what a limit would have done as a command only to who may change limits', async () => {
    const apply = async (role: keyof typeof TOKENS) => {
      const page = await openAs(role, '/what-if/bot1')
      await page.getByRole('slider').first().press('Home')
      await page.getByText('(now ').first().waitFor()
      return page.getByRole('link', { name: 'Apply these limits' })
    }
    await (await apply('admin')).waitFor()
    for (const role of ['operate', 'read'] as const) expect(await (await apply(role)).count(), role).toBe(0)
  })

  test('pauses and resumes selected traders, and tells what became of each', async () => {
    const page = await openAs('operate')
    for (const trader of ['bot2', 'never']) await page.getByLabel(`Select ${trader}`).check()
    await page.getByRole('button', { name: 'Pause …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Positions stay open').waitFor()
    await dialog.getByLabel('Reason').fill('news')
    await dialog.getByRole('button', { name: 'Pause 2 traders' }).click()
    await dialog.getByText('Done for 2 of 2').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Close' }).click()
    await rowOf(page, 'bot2').getByText('Blocked').waitFor()
    await page.getByRole('button', { name: 'Resume …' }).click()
    await dialog.getByLabel('Reason').fill('over')
    await dialog.getByRole('button', { name: 'Resume 2 traders' }).click()
    await dialog.getByText('Done for 2 of 2').waitFor()
    await dialog.press('Escape')
    await rowOf(page, 'bot2').getByText('Trading').waitFor()
  })

  test('says what a command would do before it is given, and shows its event after', async () => {
    const page = await openAs('operate', '/operate/bot2')
    await page.getByText('Entries are allowed now, and would be blocked').waitFor()
    await page.getByLabel('Reason').fill('lunch')
    await page.getByRole('button', { name: 'Pause bot2' }).click()
    await page.getByText('It is done').waitFor()
    await page.getByText('of the type paused').waitFor()
    await shoot(page, 'operate')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await page.getByLabel('Reason').fill('back')
    await page.getByRole('button', { name: 'Resume bot2' }).click()
    await page.getByText('of the type resumed').waitFor()
  })

  test.each([
    ['cash-flow', 'Record a cash flow', 'Amount, negative for a withdrawal', '250', 'cash-flow'],
    ['correct', 'Correct', 'It is measured from', '1300', 'corrected'],
    ['restart', 'Begin a new account period', 'Initial balance, if not that of the first reading', '2000', 'restarted'],
  ])('says what %s would do, and shows its event', async (kind, title, field, value, type) => {
    await system.report('bot3', 1000)
    const page = await openAs('operate', `/operate/bot3?do=${kind}`)
    await page.getByText('What it does not').waitFor()
    await page.getByRole('textbox', { name: field }).fill(value)
    await page.getByLabel('Reason').fill('as on the statement')
    await page.getByText(/^Entries are \w+ now, and would be/).waitFor()
    await page.getByRole('button', { name: `${title} bot3` }).click()
    await page.getByText(`of the type ${type}`).waitFor()
  })

  test('switches a flag off and on for an admin, and pauses all, each with a reason', async () => {
    const page = await openAs('admin', '/operate')
    const flags = page.getByRole('region', { name: 'Flags' })
    await flags.getByLabel('Reason').fill('maintenance')
    for (const [button, now] of [
      ['Switch off', ': off'],
      ['Switch on', ': on'],
    ] as const) {
      await flags.getByRole('button', { name: button }).last().click()
      await flags.getByText(`written to the database${now}`).waitFor()
    }
    const all = page.locator('form').filter({ hasText: 'Pause all' })
    await all.getByLabel('Reason').fill('the exchange is down')
    for (const [button, standing] of [
      ['Pause all traders', 'Blocked'],
      ['End the pause of all', 'Trading'],
    ] as const) {
      await all.getByRole('button', { name: button }).click()
      await all.getByText(/^Done for \d+ traders/).waitFor()
      const fleet = await openAs('read')
      await rowOf(fleet, 'bot2').getByText(standing).waitFor()
    }
  })

  test('remembers the colours and the zone that the reader has chosen', async () => {
    const page = await openAs('read', '/', { timezoneId: 'Asia/Tokyo' })
    await rowOf(page, 'bot1').waitFor()
    await page.getByRole('button', { name: 'read-ann' }).click()
    await page.getByLabel('Dark').check()
    await page.getByLabel('UTC').check()
    await page.goto(new URL('/traders/bot1', proxy.url).href)
    await page
      .getByRole('main')
      .getByText(/\d (AM|PM) UTC/)
      .first()
      .waitFor()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
  })

  test('writes numbers as the language of the reader does', async () => {
    const page = await openAs('read', '/', { locale: 'de-DE' })
    await rowOf(page, 'bot2').getByText('1.000,00').waitFor()
  })

  test('shows the past of a few traders as small lines where the screen is wide', async () => {
    const page = await openAs('read', '/', { viewport: { width: 1600, height: 900 } })
    await rowOf(page, 'bot1').locator('svg polyline[points*=" "]').waitFor({ state: 'attached' })
    await page.setViewportSize({ width: 1000, height: 900 })
    await rowOf(page, 'bot1').locator('svg').waitFor({ state: 'detached' })
  })

  test('tells the second of two people that the first has changed the limits', async () => {
    const page = await openAs('admin', '/operate/bot2?do=limits')
    await page.getByLabel('max_drawdown', { exact: true }).fill('15')
    await page.getByLabel('Reason').fill('smaller')
    await page.getByText('Entries are allowed now, and would be allowed').waitFor()
    await system.command('PUT', '/api/limits/bot2', { max_drawdown: 18, reason: 'the first' })
    await page.getByRole('button', { name: 'Change limits bot2' }).click()
    await page.getByText('Somebody else has changed it meanwhile').waitFor()
    await page.getByRole('button', { name: 'Show what is in force now' }).click()
    await eventually(async () => (await page.getByLabel('max_drawdown', { exact: true }).inputValue()) === '18', {
      what: 'the new limit',
    })
  })

  test('shows the second of two people what the first has done, before anything is given by an old view', async () => {
    const [first, second] = [await openAs('admin', '/operate/bot2'), await openAs('operate', '/operate/bot2')]
    for (const page of [first, second]) {
      await page.getByText('Entries are allowed now, and would be blocked').waitFor()
      await page.getByLabel('Reason').fill('lunch')
    }
    const give = (page: Page) => page.getByRole('button', { name: 'Pause bot2' })
    const changed = second.getByRole('heading', { name: 'Somebody else has changed it meanwhile' })
    const lookAgain = second.getByRole('button', { name: 'Show what is in force now' })

    await give(first).click()
    await first.getByText('It is done').waitFor()
    await changed.waitFor()
    expect(await give(second).isDisabled()).toBe(true)
    await shoot(second, 'changed-meanwhile')
    expect(await seriousFaults(second)).toEqual([])
    await lookAgain.click()
    await second.getByText('Entries are blocked now, and would be blocked').waitFor()

    // The console itself refuses a page that has not heard of it yet.
    await second.route('**/api/traders/bot2', (route) => route.abort('connectionrefused'))
    await give(first).click()
    await first.getByText('It is done').waitFor()
    await give(second).click()
    await changed.waitFor()
    await second.getByText('nothing was done; the last change was: pause by "admin-ann"').waitFor()
    await second.unroute('**/api/traders/bot2')
    await lookAgain.click()
    await changed.waitFor({ state: 'detached' })
    await give(second).click()
    await second.getByText('It is done').waitFor()
    const holder = ['operator:admin-ann', 'operator:operate-ann']
    await system.command('POST', '/api/traders/bot2/resume', { holder, reason: 'over' })
  })

  test('tells the second of two people that the first has switched a flag, or paused all', async () => {
    const [first, second] = [await openAs('admin', '/operate'), await openAs('admin', '/operate')]
    const flag = (page: Page) => page.locator('.flag').filter({ hasText: 'Persistence' })
    const flags = (page: Page) => page.getByRole('region', { name: 'Flags' })
    for (const page of [first, second]) {
      await flag(page).getByText('database: on').waitFor()
      await flags(page).getByLabel('Reason').fill('upkeep')
    }
    await flag(first).getByRole('button').click()
    await flag(first).getByText('database: off').waitFor()
    await flag(second).getByRole('button').click()
    await flags(second).getByText('the last change was: flags by "admin-ann"').waitFor()
    await flags(second).getByRole('button', { name: 'Show what is in force now' }).click()
    await flag(second).getByText('database: off').waitFor()
    await flag(second).getByRole('button').click()
    await flag(second).getByText('database: on').waitFor()

    const all = (page: Page) => page.locator('form').filter({ hasText: 'Blocks entries of every trader' })
    await all(first).getByLabel('Reason').fill('news')
    await all(first).getByRole('button', { name: 'Pause all traders' }).click()
    await all(first).getByText('Somebody else has changed it meanwhile').waitFor()
    await all(first).getByRole('button', { name: 'Show what is in force now' }).click()
    await all(first).getByRole('button', { name: 'Pause all traders' }).click()
    await all(first).getByText('Now all are paused, until somebody resumes.').waitFor()
    await all(first).getByRole('button', { name: 'End the pause of all' }).click()
    await all(first).getByText('Now there is no pause of all.').waitFor()
  })

  test('shows how each stage is', async () => {
    const page = await openAs('read', '/health')
    await page.getByText('readings wait').waitFor()
    await page.getByText('knows the whole risk log').waitFor()
    await page.getByRole('region', { name: 'Logs' }).getByText('INPUTS').waitFor()
    await shoot(page, 'health')
    expect(await seriousFaults(page)).toEqual([])
  })

  test('while the database is away says so with since when, and shows what is live all the same', async () => {
    const health = await openAs('read', '/health')
    await health.getByText(/reachable since .* connections are in use/).waitFor()
    const trader = await openAs('read', '/traders/bot2')
    await trader.getByLabel(/^Equity of bot2/).waitFor()
    const fleet = await openAs('read')
    await rowOf(fleet, 'bot2').waitFor()

    await system.database.cut()
    await health.getByText(/away since .*: the history cannot be read: .* What is live goes on\./).waitFor()
    await shoot(health, 'database-away')
    expect(await seriousFaults(health)).toEqual([])
    await trader.reload()
    await trader.getByText('The history cannot be read now.').first().waitFor()
    await shoot(trader, 'history-away')
    expect(await seriousFaults(trader)).toEqual([])
    await system.report('bot2', 1090)
    await rowOf(fleet, 'bot2').getByText('1,090.00').waitFor()

    await system.database.restore()
    await health.getByText(/reachable since .* connections are in use/).waitFor()
    await trader.getByRole('button', { name: 'Try again' }).first().click()
    await trader.getByLabel(/^Equity of bot2/).waitFor()
  })

  test('shows a dead letter with the reason and its bytes', async () => {
    const connection = await connect({ servers: system.natsUrl })
    await jetstream(connection).publish('equity.nonsense', 'nothing that anybody knows')
    await connection.close()
    const page = await openAs('read', '/health')
    const letter = page.getByRole('region', { name: 'Dead letters' }).getByRole('listitem')
    await letter.getByText(/^equity\.nonsense, .* 26 bytes/).waitFor()
    await letter.getByText('What it says').click()
    await letter.getByText('nothing that anybody knows').waitFor()
    expect(await letter.locator('strong').textContent()).not.toBe('')
  })

  test('cannot be used with the data of a console that it has lost, and goes on by itself', async () => {
    const page = await openAs('read')
    await rowOf(page, 'bot2').waitFor()
    await proxy.cut()
    await page.getByRole('alert').filter({ hasText: 'This page has lost the console' }).waitFor()
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).filter')).toBe('grayscale(0.9)')
    await shoot(page, 'disconnected')
    expect(await seriousFaults(page)).toEqual([])
    await system.report('bot2', 1100)
    await proxy.restore()
    await rowOf(page, 'bot2').getByText('1,100.00').waitFor()
    await page.getByText('This page has lost the console').waitFor({ state: 'detached' })
  })

  test('works by keyboard alone, and on a narrow dark screen with little motion', async () => {
    const narrow = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', reducedMotion: 'reduce' } as const
    const page = await openAs('operate', '/?sort=id', narrow)
    await page.getByRole('link', { name: 'bot1', exact: true }).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the view')
    await page.keyboard.press('Enter')
    await eventually(async () => (await page.evaluate('document.activeElement.id')) === 'view', {
      what: 'the focus to be in the view',
    })
    expect(await page.title()).toBe('Fleet · Drawbridge')
    await page.getByRole('link', { name: 'bot1', exact: true }).focus()
    await page.keyboard.press('ArrowDown')
    await eventually(async () => (await page.evaluate('document.activeElement.textContent')) === 'bot2', {
      what: 'the focus to move',
    })
    await page.getByLabel('Sort by').selectOption('Highest equity')
    await page.waitForURL(/\?sort=-equity$/)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await shoot(page, 'narrow')
    expect(await seriousFaults(page)).toEqual([])
  })

  describe('has nothing serious for a screen reader to stumble over, light and dark', () => {
    let page: Page
    beforeAll(async () => {
      page = await openAs('admin')
      await rowOf(page, 'bot1').waitFor()
    })

    test.each([
      ['/?group=currency', 'traders'],
      ['/?q=nobody-is-like-that', 'No trader is like that'],
      ['/traders/bot1', 'What happened'],
      ['/traders/nobody', 'has no event of this trader'],
      ['/what-if', 'Choose a trader'],
      ['/what-if/bot1?a=max_drawdown:10&b=preset:ftmo-2-step', 'events judged again'],
      ['/time-travel', 'traders at'],
      ['/operate', 'Pause all'],
      ...['pause', 'resume', 'limits', 'cash-flow', 'restart', 'correct'].map((kind) => [
        `/operate/bot1?do=${kind}`,
        'What would happen now',
      ]),
      ['/health', 'knows the whole risk log'],
    ])('%s', async (path = '', words = '') => {
      await page.goto(new URL(path, proxy.url).href)
      await page.getByText(words).first().waitFor()
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await seriousFaults(page), colorScheme).toEqual([])
      }
    })

    test('dialogs and menus', async () => {
      await page.goto(new URL('/traders/bot1', proxy.url).href)
      await page
        .getByRole('button', { name: /^Explain event/ })
        .first()
        .click()
      await page.getByRole('dialog').getByText('In the risk log').waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'admin-ann' }).click()
      await page.getByText('Log out').waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await page.goto(new URL('/', proxy.url).href)
      await page.getByLabel('Select bot1').check()
      await page.getByRole('button', { name: 'Resume …' }).click()
      await page.getByRole('dialog').getByText('What it does not').waitFor()
      expect(await seriousFaults(page)).toEqual([])
    })
  })

  test('shows 5,000 traders with only the rows that are near, and goes to the last one by keyboard', async () => {
    const connection = await connect({ servers: system.natsUrl })
    const inputs = jetstream(connection)
    for (let from = 0; from < MANY; from += 250) {
      const ids = Array.from({ length: 250 }, (_, index) => `many-${String(from + index).padStart(4, '0')}`)
      await Promise.all(
        ids.map((id) => inputs.publish(subjects.tick(id), toJsonBytes({ equity: 1000, currency: 'USD' }))),
      )
    }
    await connection.close()
    const page = await openAs('read', '/?q=many&group=currency&sort=id')
    await page.getByText('5,000 of 5,004 traders').waitFor()
    await page.getByText('USD 5,000,000.00').waitFor()
    expect(await page.getByRole('row').count()).toBeLessThan(80)
    const isFocused = (id: string) => async () => (await page.evaluate('document.activeElement.textContent')) === id
    await page.getByRole('link', { name: 'many-0000', exact: true }).focus()
    await page.keyboard.press('End')
    await eventually(isFocused('many-4999'), { what: 'the focus on the last' })
    await page.keyboard.press('PageUp')
    await eventually(isFocused('many-4989'), { what: 'the focus ten before' })
    await page.getByLabel('Search traders').fill('many-0042')
    await page.getByText('1 of 5,004 traders').waitFor()
  })

  test('asked for nothing from elsewhere, broke no rule of its policy, and threw nothing', () => {
    expect(complaints.all).toEqual([])
  })
})
