/** Makes the pictures of the README from the real demo of `npm start`: npm run screenshots. It takes a minute. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { launch } from '../console/browser.ts'
import { makeWorkFolder, runStart, type StartRun } from '../npm-start.ts'
import { fileOf, PICTURES, PICTURES_FOLDER, type Picture, THEMES } from './pictures.ts'

const WIDTH = 1440
/** The quality of WebP at which text stays sharp. */
const QUALITY = 88
/** Charts are drawn a moment after their data is there. */
const SETTLE_MS = 1_500

const folder = await makeWorkFolder()
const demo = runStart(folder.path, [], { CONSOLE_PORT: '0', TRADER_PORT: '0' })
try {
  const url = await served(demo)
  await actAsBot(demo)
  const browser = await launch()
  await mkdir(PICTURES_FOLDER, { recursive: true })
  for (const picture of PICTURES) await take(browser, url, picture)
  await browser.close()
} finally {
  demo.child.kill('SIGINT')
  await demo.exited
  await folder.remove()
}

async function served({ stdout, child, stderr }: StartRun): Promise<string> {
  for (;;) {
    const url = /Serving until Ctrl-C: console (http:\S+?),/.exec(stdout())?.[1]
    if (url !== undefined) return url
    if (child.exitCode !== null) throw new Error(`npm start ended:\n${stderr()}`)
    await delay(200)
  }
}

/** The lines that the demo tells a newcomer to try: bot1 loses 15 %, and is blocked. */
async function actAsBot({ stdout }: StartRun): Promise<void> {
  const trader = /curl (http:\S+\/api\/traders\/bot1)\/can-trade/.exec(stdout())?.[1]
  for (const equity of [1000, 1000, 850]) {
    const body = JSON.stringify({ equity, currency: 'USD' })
    const answer = await fetch(`${trader}/equity`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`the report was answered ${answer.status}: ${await answer.text()}`)
  }
}

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: picture.height },
    locale: 'en-US',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
  })
  await page.goto(new URL(picture.path, url).href)
  await page.getByText(picture.shows).first().waitFor({ state: 'attached', timeout: 120_000 })
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme })
    await delay(SETTLE_MS)
    const file = fileOf(picture, theme)
    const bytes = await webpOf(page)
    await writeFile(join(PICTURES_FOLDER, file), bytes)
    console.log(`docs/pictures/${file}: ${Math.round(bytes.length / 1000)} KB`)
  }
  await page.close()
}

/** Playwright itself writes PNG and JPEG, which are larger. */
async function webpOf(page: Page): Promise<Buffer> {
  const screen = await page.context().newCDPSession(page)
  const { data } = await screen.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  return Buffer.from(data, 'base64')
}
