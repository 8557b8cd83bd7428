import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '@drawbridge/testing'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { Receiver, type Reply } from './receiver.ts'

/** The limit of one integration key; more are answered by 429. */
const EVENTS_PER_MINUTE = 120

let receiver: Receiver
let scene: Scene
let folder: string

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-pagerduty-'))
  await writeFile(path.join(folder, 'key'), 'a-key')
})
afterEach(async () => {
  await scene.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

/** A service of PagerDuty, which opens and resolves incidents by their keys. */
class FakePagerDuty {
  readonly open = new Map<string, string>()
  refusals = 0
  readonly #times: number[] = []

  answer(body: string): Reply {
    const now = Date.now()
    if (this.#times.filter((time) => time > now - 60_000).length >= EVENTS_PER_MINUTE) {
      this.refusals += 1
      return { status: 429, headers: { 'retry-after': '1' } }
    }
    this.#times.push(now)
    const { event_action: action, dedup_key: key, payload } = JSON.parse(body)
    if (action === 'resolve') this.open.delete(key)
    else this.open.set(key, payload.summary)
    return { status: 202, body: JSON.stringify({ status: 'success', dedup_key: key }) }
  }
}

/** A trader that lost too much in a day. */
function brokenOf(trader: string): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

test('each of many alerts that end at once resolves its own incident of PagerDuty', async () => {
  const service = new FakePagerDuty()
  receiver.answer = ({ body }) => service.answer(body)
  const pager = { kind: 'pagerduty', key_file: path.join(folder, 'key'), api_url: receiver.url, at_most_per_minute: 8 }
  scene = await Scene.open({ channels: { pager } })
  const logs = Array.from({ length: 12 }, (_, index) => brokenOf(`bot${index}`))
  for (const log of logs) await scene.publish(log.events)
  await scene.start()
  await Promise.all(logs.map(({ trader }) => scene.untilDelivered(`${trader}.2.breach-0.first.pager`)))
  const own = () => [...service.open.keys()].filter((key) => key.endsWith(':breach:max_daily_loss'))
  expect(own()).toHaveLength(7)
  const [shared] = [...service.open].filter(([key]) => !own().includes(key))
  expect(shared?.[1]).toBe('5 messages, 5 of them critical')

  const holders = ['limit:max_daily_loss']
  const resume = { kind: 'resume', holders, rebase: true, admin: false, reason: 'r', by: 'ann' } as const
  await scene.publish(logs.map((log) => log.control(resume)))
  await eventually(() => own().length === 0, { what: 'all of them to be resolved', timeoutMs: 30_000 })
  // The one that they shared is for a person to resolve.
  expect([...service.open.keys()]).toEqual([shared?.[0]])
  expect(service.refusals).toBe(0)
})
