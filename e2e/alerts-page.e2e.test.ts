import { Receiver } from '@drawbridge/notifier/receiver'
import { eventually } from '@drawbridge/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, Complaints, launch, seriousFaults, shoot } from './console/browser.ts'
import { ConsoleSystem, TOKENS } from './console/system.ts'

/** A view that fails on purpose, and a command that is refused on purpose. */
const EXPECTED = /status of 404.*notify\/silences|TypeError/

describe.skipIf(BROWSER === null)('the alerts of the console', () => {
  let receiver: Receiver
  let system: ConsoleSystem
  let browser: Browser
  const complaints = new Complaints()

  beforeAll(async () => {
    receiver = await Receiver.open()
    receiver.answer = ({ path }) => ({ status: path === '/gone' ? 404 : 200 })
    const hook = (at: string) => ({ kind: 'webhook', url: `${receiver.url}/${at}`, at_most_per_minute: 60 })
    system = await ConsoleSystem.start({ notify: { channels: { hook: hook('hook'), gone: hook('gone') } } })
    browser = await launch()
    await system.report('bot1', 1000)
    await system.report('bot1', 790)
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await system?.stop()
    await receiver?.close()
  })

  async function openAs(
    role: keyof typeof TOKENS,
    path: string,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Page> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(60_000)
    complaints.watch(context, EXPECTED)
    const page = await context.newPage()
    await page.goto(new URL(path, system.consoleUrl).href)
    await page.getByLabel('Token').fill(TOKENS[role])
    await page.getByRole('button', { name: 'Log in' }).click()
    return page
  }

  const part = (page: Page, name: string) => page.getByRole('region', { name })

  test('lists what goes on, and each channel with why it takes nothing', async () => {
    const page = await openAs('read', '/alerts')
    expect(await page.title()).toBe('Alerts · Drawbridge')
    await part(page, 'Open alerts').getByRole('row').filter({ hasText: 'max_drawdown is broken' }).waitFor()
    const channels = part(page, 'Channels').getByRole('row')
    await channels.filter({ hasText: 'hook' }).getByText('takes messages').waitFor()
    await channels.filter({ hasText: 'gone' }).getByText('refuses us: HTTP 404').waitFor()
    await part(page, 'Silences').getByText('None is in force.').waitFor()
  })

  test('shows a reader no button that would fail', async () => {
    const page = await openAs('read', '/alerts')
    await part(page, 'Open alerts').getByText('by nobody yet').first().waitFor()
    expect(await page.getByRole('button', { name: /^(Acknowledge|Send a test|Silence|End)/ }).count()).toBe(0)
  })

  test('a cookie alone acknowledges nothing', async () => {
    const page = await openAs('operate', '/alerts')
    await part(page, 'Open alerts').waitFor()
    const [{ name, value } = expect.fail('there is no cookie')] = await page.context().cookies()
    const foreign = await fetch(new URL('/api/notify/acknowledge', system.consoleUrl), {
      method: 'POST',
      headers: { cookie: `${name}=${value}` },
      body: JSON.stringify({ trader: 'bot1' }),
    })
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { error: { code: 'no-csrf-token' } }])
  })

  test('says what became of the messages about an alert, here and with the event of the trader', async () => {
    const page = await openAs('read', '/alerts')
    await page.getByRole('button', { name: 'Messages: max_drawdown is broken, bot1' }).click()
    await page.getByRole('dialog').getByText('hook took it').first().waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'bot1' }).first().click()
    const breach = page.getByRole('region', { name: 'Events' }).getByRole('row').filter({ hasText: 'breach' })
    await breach
      .getByRole('button', { name: /^Explain event/ })
      .first()
      .click()
    await page.getByRole('dialog').getByText('hook took it').first().waitFor()
  })

  test('is silenced with a reason and an end, and a silence is ended, by keyboard alone', async () => {
    const page = await openAs('operate', '/alerts')
    const silences = part(page, 'Silences')
    const press = async (name: string | RegExp) => {
      await silences.getByRole('button', { name }).focus()
      await page.keyboard.press('Enter')
    }
    await silences.getByLabel(/^Trader/).focus()
    await page.keyboard.type('bo1')
    await silences.getByLabel('Reason').focus()
    await page.keyboard.type('maintenance')
    await page.keyboard.press('Enter')
    await silences.getByText('did you mean "bot1"').waitFor()

    await silences.getByLabel(/^Trader/).fill('bot1')
    await silences.getByLabel('Kind').selectOption('breach')
    await silences.getByLabel('Silent until').selectOption('in 4 hours')
    await press('Silence')
    const silence = silences.getByRole('row').filter({ hasText: 'everything of the kind breach about bot1' })
    await silence.getByText('maintenance').waitFor()
    await silence.getByText('operate-ann').waitFor()
    await shoot(page, 'alerts')
    await press(/^End the silence/)
    await silences.getByText('None is in force.').waitFor()
  })

  test('is acknowledged by a button, and everybody sees by whom', async () => {
    const page = await openAs('operate', '/alerts')
    const other = await openAs('read', '/alerts')
    await page.getByRole('button', { name: 'Acknowledge: max_drawdown is broken, bot1' }).click()
    await part(page, 'Open alerts').getByText('Acknowledged: it is not told again.').waitFor()
    const row = part(other, 'Open alerts').getByRole('row').filter({ hasText: 'max_drawdown is broken' })
    await row.getByText('by operate-ann').waitFor()
  })

  test('a channel is tested', async () => {
    const page = await openAs('operate', '/alerts')
    await page.getByRole('button', { name: 'Send a test to hook' }).click()
    await part(page, 'Channels').getByText('hook took the test message.').waitFor()
  })

  test('has nothing serious to stumble over, in light and dark, and fits 360 px', async () => {
    const page = await openAs('operate', '/alerts', { viewport: { width: 360, height: 740 } })
    await part(page, 'Channels').getByText('takes messages').first().waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await seriousFaults(page), colorScheme).toEqual([])
    }
    await shoot(page, 'alerts-narrow')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  test('a view that fails says so, and the rest of the page goes on', async () => {
    const page = await openAs('read', '/health')
    await page.getByText('knows the whole risk log').waitFor()
    await page.route('**/api/notify', (route) => route.fulfill({ json: { notifier: { works: true, heardAt: null } } }))
    await page.getByRole('link', { name: 'Alerts' }).click()
    await page.getByRole('alert').filter({ hasText: 'This view cannot be shown' }).waitFor()
    await page.getByText(/Data .* old/).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.unroute('**/api/notify')
    await page.getByRole('button', { name: 'Try again' }).click()
    await part(page, 'Open alerts').waitFor()
    await page.getByRole('link', { name: 'Health' }).click()
    await page.getByText('knows the whole risk log').waitFor()
  })

  test('broke no rule of its policy, and threw nothing else', async () => {
    await eventually(() => receiver.received.length > 0, { what: 'people to be told' })
    expect(complaints.all).toEqual([])
  })
})
