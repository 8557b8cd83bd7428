import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Scene } from './scene.ts'
import { writtenHistory } from './written-history.ts'

const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
const calls = [...page.matchAll(/^curl .*$/gm)].map(([call]) => call)

const channels = { hook: { kind: 'webhook', url: 'http://127.0.0.1:1' } }

let scene: Scene
let history: Awaited<ReturnType<typeof writtenHistory>>
beforeAll(async () => {
  history = await writtenHistory()
  scene = await Scene.open({}, { databaseUrl: history.url, notify: { channels } })
  await scene.startGuardian()
  await scene.tick('bot1', 1000)
  await scene.untilVersion('bot1', 1)
  await history.write()
  const isWritten = async () => (await scene.ask('GET', '/api/history/traders/bot1/equity')).status === 200
  await eventually(isWritten, { what: 'the event to be in the history' })
})
afterAll(async () => {
  await scene.close()
  await history.drop()
})

/** What curl prints, and the status that it got. 28: its time was over, as is asked for where it would listen for ever. */
async function run(call: string): Promise<string> {
  const asked = call.replace('http://localhost:8080', scene.url)
  const failed = ({ code, stdout }: { code: number; stdout: string }) => {
    if (code !== 28) throw new Error(`curl ended with ${code}: ${stdout}`)
    return { stdout }
  }
  return (await promisify(execFile)('sh', ['-c', `${asked} -s -w ' %{http_code}'`]).catch(failed)).stdout
}

test('every route is called by the page', () => {
  expect(calls.length).toBeGreaterThanOrEqual(15)
})

test.each(calls)('the page gives a call that is answered: %s', async (call) => {
  expect(await run(call)).toMatch(/ 200$/)
})
