import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawbridgeIn, makeWorkFolder, runStart, type StartRun } from './npm-start.ts'

const DOCUMENT = fileURLToPath(new URL('../docs/groups.md', import.meta.url))
const WITHIN_MS = { timeoutMs: 180_000 }
const SLOW = 300_000
const BOTS = ['bot1', 'bot2']

interface Answer {
  readonly allowed: boolean
  readonly code: string
  readonly reason: string | null
}

// One system for all of them: each test goes on where the one before it ended.
describe('npm start with the group of docs/groups.md', () => {
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let run: StartRun

  const drawbridge = (...args: readonly string[]) => drawbridgeIn(folder.path, args)
  async function serve(): Promise<void> {
    run = runStart(folder.path, [], {})
    await eventually(() => run.stdout().includes('Serving until Ctrl-C'), { ...WITHIN_MS, what: 'it to serve' })
  }
  async function stop(): Promise<void> {
    run.child.kill('SIGINT')
    await run.exited
  }
  const urlOf = (service: string) => new RegExp(`${service} (http:[^\\s,]+)`).exec(run.stdout())?.[1] ?? ''
  const get = async (service: string, path: string) => (await fetch(`${urlOf(service)}${path}`)).json()
  const canTrade = async (id: string) => (await get('trader', `/api/traders/${id}/can-trade`)) as Answer
  async function report(id: string, equity: number): Promise<void> {
    const body = JSON.stringify({ equity })
    const { status } = await fetch(`${urlOf('trader')}/api/traders/${id}/equity`, { method: 'POST', body })
    expect([200, 202]).toContain(status)
  }
  async function untilAllowed(equities: readonly number[]): Promise<void> {
    const isAllowed = async () => {
      for (const [index, id] of BOTS.entries()) await report(id, equities[index] ?? 0)
      const answers = await Promise.all(BOTS.map(canTrade))
      return answers.every(({ allowed }) => allowed)
    }
    await eventually(isAllowed, { ...WITHIN_MS, what: 'both gates to open' })
  }

  beforeAll(async () => {
    folder = await makeWorkFolder()
    const [, config = ''] = /```json\n([\s\S]*?)```/.exec(await readFile(DOCUMENT, 'utf8')) ?? []
    await writeFile(join(folder.path, 'config.json'), config)
    await serve()
  }, SLOW)
  afterAll(async () => {
    await stop()
    await folder.remove()
  })

  test(
    'a limit of the desk that two bots break together blocks both, and none of their own does',
    async () => {
      await untilAllowed([1000, 1000])
      await report('bot1', 970)
      await report('bot2', 965)
      for (const id of BOTS) {
        await eventually(async () => (await canTrade(id)).code === 'limit', {
          ...WITHIN_MS,
          what: `${id} to be blocked`,
        })
        expect(await canTrade(id)).toMatchObject({
          allowed: false,
          holders: ['limit:max_daily_loss'],
          reason: 'desk: max_daily_loss: 3.25 % reached the limit of 3 %',
        })
        expect(await get('trader', `/api/traders/${id}/can-trade?intent=reduce`)).toMatchObject({ allowed: true })
        expect(await get('console', `/api/traders/${id}`)).toMatchObject({ event: { decision: { status: 'allowed' } } })
      }
    },
    SLOW,
  )

  test(
    'drawbridge status shows both as blocked by the desk',
    async () => {
      const { stdout } = await drawbridge('status')
      for (const id of BOTS) expect(stdout).toMatch(new RegExp(`${id} +blocked .*desk: max_daily_loss: 3.25 %`))
      expect(stdout).toMatch(/desk +paused .* max_daily_loss: 3.25 %/)
    },
    SLOW,
  )

  test(
    'an operator who resumes the desk lets both trade again',
    async () => {
      const args = ['--reason', 'checked', '--holder', 'limit:max_daily_loss', '--rebase']
      expect(await drawbridge('resume', 'desk', ...args)).toMatchObject({ code: 0 })
      for (const id of BOTS) {
        await eventually(async () => (await canTrade(id)).allowed, { ...WITHIN_MS, what: `${id} to be allowed` })
      }
    },
    SLOW,
  )

  test(
    'the group goes on after a restart of everything',
    async () => {
      await stop()
      await serve()
      await untilAllowed([971, 966])
      expect(await get('trader', '/api/traders/desk')).toMatchObject({
        source: 'sum',
        canTrade: { code: 'ok', budget: { limit: 'max_daily_loss' } },
        sum: { of: BOTS, undecided: null },
      })
    },
    SLOW,
  )
})
