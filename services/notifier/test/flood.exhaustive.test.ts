import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeRiskEvent, notifierStreams, type RiskEvent, subjects } from '@drawbridge/contracts'
import { SMALL_HEAP } from '@drawbridge/service-kit'
import { eventually, infrastructure, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { jetstream } from '@nats-io/jetstream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { type Received, Receiver } from './receiver.ts'

const BREACHES = 10_000
/** What Compose gives it, with these flags. */
const MEMORY_MAX = 512 * 2 ** 20
/** The limit of one group; more are answered by 429. */
const TELEGRAM_PER_MINUTE = 20
/** If config.json names no other number. */
const PER_MINUTE = 6
const AT_A_TIME = 500

let receiver: Receiver
let scene: Scene
let folder: string
let notifier: ServiceProcess | null = null

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-flood-'))
})
afterEach(async () => {
  notifier?.kill('SIGKILL')
  await notifier?.exited
  await scene.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

/** That a trader lost too much in a day. */
function breachOf(trader: string): RiskEvent {
  const log = new TraderLog(trader)
  log.tick(1_000)
  return log.tick(890)
}

async function metrics(): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${await notifier?.url()}/metrics`)).text()
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && line !== '')
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('ten thousand breaches at once are a few messages for each channel, which count all of them', async () => {
  const sentAt: number[] = []
  let refusals = 0
  receiver.answer = ({ path: at }) => {
    if (at === '/hook') return { status: 200 }
    const lately = sentAt.filter((time) => time > Date.now() - 60_000)
    if (lately.length >= TELEGRAM_PER_MINUTE) {
      refusals += 1
      return { status: 429, body: '{"ok":false,"parameters":{"retry_after":60}}' }
    }
    sentAt.push(Date.now())
    return { status: 200, body: `{"ok":true,"result":{"message_id":${sentAt.length}}}` }
  }
  const token = path.join(folder, 'token')
  await writeFile(token, 'a-token')
  const chat = { kind: 'telegram', token_file: token, chat: -100, api_url: receiver.url }
  scene = await Scene.open({ channels: { hook: { kind: 'webhook', url: `${receiver.url}/hook` }, chat } })
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify(scene.file))
  const env = { NATS_URL: infrastructure().natsUrl, CONFIG_FILE: config }
  notifier = spawnService('notifier', env, SMALL_HEAP)
  await notifier.waitForPort()

  const began = Date.now()
  const client = jetstream(scene.connection)
  const events = Array.from({ length: BREACHES }, (_, index) => breachOf(`bot${index}`))
  for (let at = 0; at < BREACHES; at += AT_A_TIME) {
    const some = events.slice(at, at + AT_A_TIME)
    await Promise.all(some.map((event) => client.publish(subjects.out('breach', event.trader), encodeRiskEvent(event))))
  }
  let memory = 0
  const told = async () => {
    const now = await metrics()
    memory = Math.max(memory, now.get('process_resident_memory_bytes') ?? Number.POSITIVE_INFINITY)
    const counts = [...now].filter(([name]) => name.startsWith('notifier_notices_told_total'))
    return counts.length === 2 && counts.every(([, count]) => count >= BREACHES)
  }
  await eventually(told, { what: 'all to be told', timeoutMs: 400_000 })

  const hooks = receiver.received.filter(({ path: at }) => at === '/hook')
  const chats = receiver.received.filter(({ path: at }) => at.endsWith('/sendMessage'))
  // As many as a channel takes in a minute, and those of the time that all of it took.
  const messagesMax = PER_MINUTE * (1 + (Date.now() - began) / 60_000)
  expect(hooks.length).toBeLessThanOrEqual(messagesMax)
  expect(chats.length).toBeLessThanOrEqual(messagesMax)
  expect(refusals).toBe(0)
  const countedIn = ({ body }: Received) => {
    const { notices, more } = JSON.parse(body).data
    return notices.length + more
  }
  expect(hooks.reduce((sum, hook) => sum + countedIn(hook), 0)).toBe(BREACHES)
  const { state } = await scene.manager.streams.info(notifierStreams.alerts, { subjects_filter: 'alert.delivery.>' })
  expect(Object.keys(state.subjects ?? {})).toHaveLength(2 * BREACHES)
  expect(memory).toBeLessThan(MEMORY_MAX)
}, 500_000)
