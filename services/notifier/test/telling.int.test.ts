import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { Receiver } from './receiver.ts'

let receiver: Receiver
let scene: Scene
let folder: string
const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`
const OLD = `whsec_${Buffer.from('the secret that was there before!').toString('base64')}`

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notifier-'))
  await writeFile(path.join(folder, 'secret'), SECRET)
  await writeFile(path.join(folder, 'old'), OLD)
})
afterEach(async () => {
  await scene.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

/** The events of a trader that loses too much in a day. */
function breach(trader = 'bot1'): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

test('a broken limit reaches a webhook, signed with both secrets, and is recorded', async () => {
  const files = { secret_file: path.join(folder, 'secret'), old_secret_file: path.join(folder, 'old') }
  scene = await Scene.open({
    channels: { desk: { kind: 'webhook', url: `${receiver.url}/hook`, ...files } },
    console_url: 'https://drawbridge.example',
  })
  await scene.start()
  await scene.publish(breach().events)

  const [received] = await receiver.untilReceived(1)
  const { path: at, headers, body } = received ?? { path: '', headers: {}, body: '' }
  expect(at).toBe('/hook')
  expect(headers['webhook-id']).toBe('bot1.2.breach-0.first.desk')
  for (const secret of [SECRET, OLD]) {
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow()
  }
  const { type, data } = JSON.parse(body)
  expect(type).toBe('drawbridge.breach')
  expect(data).toMatchObject({
    severity: 'critical',
    link: 'https://drawbridge.example/traders/bot1',
    maybe_twice: false,
  })
  expect(data.title).toBe('bot1: max_daily_loss broken (11 %)')
  expect(data.text).toContain('Lost 110.00 of 1,000.00 = 11 %; the limit is 10 %')
  expect(data.text).toContain('Open positions stay open')
  expect(data.text).toContain('drawbridge -- resume bot1')
  expect(data.text).toContain('Event 2 of bot1')

  expect(await scene.untilDelivered('bot1.2.breach-0.first.desk')).toMatchObject({
    outcome: 'sent',
    attempts: 1,
    maybeTwice: false,
    together: 1,
  })
})
