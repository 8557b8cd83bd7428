import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { CHROMIUM_FLAGS } from '@drawbridge/testing/chromium'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'

/** Ignored by git. */
const SHOTS = fileURLToPath(new URL('../../data/screenshots', import.meta.url))

/** The browser for these tests; null: none is installed, and so they are left out, unless they must run. */
export const BROWSER = findBrowser(process.env, existsSync, console.warn)

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER ?? '', args: [...CHROMIUM_FLAGS] })
}

/** What a page complained of: errors, and what its Content-Security-Policy forbade. */
export class Complaints {
  readonly all: string[] = []

  /** @param expected errors that a test causes itself */
  watch(context: BrowserContext, expected: RegExp): void {
    const note = (text: string) => {
      if (!expected.test(text)) this.all.push(text)
    }
    context.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy')) {
        note(`${message.text()} ${message.location().url}`)
      }
    })
    context.on('weberror', (error) => note(error.error().message))
    context.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url())
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') note(`a request to ${request.url()}`)
    })
  }
}

interface AxeResult {
  readonly id: string
  readonly impact: string | null
  readonly help: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds that is serious or critical, each in a line. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const violations = (await page.evaluate('axe.run(document).then(({ violations }) => violations)')) as AxeResult[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html} ${nodes[0]?.failureSummary ?? ''}`)
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: `${SHOTS}/${name}.png` })
}
