import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startConsole } from '@drawbridge/console'
import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { startPersister } from '@drawbridge/persister'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, type ServiceHere, startHere, type TestDatabase } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BROWSER, launch } from './console/browser.ts'

const BUILD = fileURLToPath(new URL('../services/console/page/build.ts', import.meta.url))
/** A loss of 10 % that grows to 12 %, with limits of 20 %. */
const LIMITS = { max_daily_loss: 20, max_drawdown: null, confirm_jump: null, stale_after_seconds: null }
const EQUITIES = [1000, 1000, 900, 880, 940]
const WITHIN = { timeout: 30_000 }

describe.skipIf(BROWSER === null)('what if, in a browser', () => {
  let scene: Scene
  let database: TestDatabase
  let connection: NatsConnection
  let services: ServiceHere[]
  let browser: Browser
  let page: Page
  let url: string
  const faults: string[] = []

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [BUILD, '--if-needed'])
    scene = await Scene.open({ traders: { bot1: { limits: LIMITS } } })
    database = await createDatabase()
    await migrate(database.url, createLogger('test', 'silent'))
    await scene.start('risk-guardian')
    const env = { NATS_URL: scene.natsUrl, DATABASE_URL: database.url, CONSOLE_PORT: '0' }
    const console_ = await startHere(startConsole, env, { traders: { bot1: { limits: LIMITS } } })
    services = [console_, await startHere(startPersister, env)]
    url = await console_.url()
    connection = await connect({ servers: scene.natsUrl })
    for (const equity of EQUITIES) {
      await jetstream(connection).publish(subjects.tick('bot1'), toJsonBytes({ equity }))
    }
    const isStored = async () => {
      const answer = await fetch(`${url}/api/history/traders/bot1/recording`, { signal: AbortSignal.timeout(5_000) })
      return answer.ok && (await answer.text()).includes(`"events":${EQUITIES.length},`)
    }
    await eventually(isStored, { what: 'the readings to be in the history', timeoutMs: 120_000 })
    browser = await launch()
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await connection?.close()
    for (const service of services ?? []) await service.stop()
    await scene?.close()
    await database?.drop()
  })

  const figure = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell')
  const judged = () => page.getByText('events judged again').waitFor(WITHIN)

  test('draws what happened, and beside it what the limits of the address would have done', async () => {
    await page.goto(`${url}/what-if/bot1?a=max_daily_loss:10`)
    await judged()
    expect(await figure('Limits broken').allInnerTexts()).toEqual(['0', '1'])
    expect(await figure('Saved').allInnerTexts()).toEqual(['0.00', '0.00'])
    expect(await figure('Missed').allInnerTexts()).toEqual(['0.00', '40.00'])
    expect(await page.locator('.chart canvas').count()).toBe(1)
  })

  test('tells what its lines are, and the same as a table', async () => {
    for (const words of ['Equity', 'Setting A: while trading', 'Setting A: max_daily_loss']) {
      await page.getByRole('listitem').filter({ hasText: words }).first().waitFor(WITHIN)
    }
    await page.getByText('The chart as a table').click()
    const row = page.getByRole('region', { name: 'The chart as a table' }).getByRole('row').nth(1)
    expect(await row.getByRole('cell').first().textContent()).toBe('1,000.00')
  })

  test('judges again when a slider moves, and the address has what it says', async () => {
    const slider = page.getByRole('slider', { name: 'Daily loss' })
    await slider.focus()
    await slider.press('End')
    await eventually(async () => (await figure('Limits broken').allInnerTexts()).join() === '0,0', {
      what: 'the looser limit to be judged',
    })
    await page.waitForURL(({ searchParams }) => searchParams.get('a') === 'max_daily_loss:30', WITHIN)
  })

  test('compares two settings, one of them the preset of a firm', async () => {
    await page.getByRole('button', { name: 'Compare with another setting' }).click()
    await page.getByRole('group', { name: 'Setting B' }).getByRole('combobox').selectOption('ftmo-2-step')
    await eventually(async () => (await figure('Limits broken').count()) === 3, { what: 'both to be judged' })
    await page.waitForURL(({ searchParams }) => searchParams.get('b') === 'preset:ftmo-2-step', WITHIN)
    await page.reload()
    await judged()
    expect(await figure('Limits broken').count()).toBe(3)
  })

  test('proposes the limits to Operate', async () => {
    const link = page.getByRole('group', { name: 'Setting A' }).getByRole('link', { name: 'Apply these limits' })
    expect(await link.getAttribute('href')).toBe('/operate/bot1?do=limits&max_daily_loss=30')
    await link.click()
    const field = page.getByLabel('max_daily_loss', { exact: true })
    await eventually(async () => (await field.inputValue()) === '30', { what: 'the form to be filled in' })
    await page.getByText(/^Entries are allowed now, and would be allowed/).waitFor(WITHIN)
  })

  test('asks which trader, where the address names none', async () => {
    await page.goto(`${url}/what-if`)
    await page.getByRole('link', { name: 'bot1' }).click(WITHIN)
    await judged()
    expect(new URL(page.url()).pathname).toBe('/what-if/bot1')
  })

  test('says why, where there is nothing to judge', async () => {
    await page.goto(`${url}/what-if/nobody`)
    await page.getByRole('alert').waitFor(WITHIN)
    expect(await page.getByRole('alert').textContent()).toContain('nobody')
  })

  test('has no fault in the console of the browser, and its policy refuses nothing', () => {
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
  })
})
