import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ChannelHealth, Delivery, Telling } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import type { ChannelConfig } from '@drawbridge/settings'
import { expect, test, vi } from 'vitest'
import { ChannelWorker } from '../src/channel-worker.ts'
import type { Outgoing } from '../src/channels/channel.ts'
import type { Attempt } from '../src/core/retry.ts'
import type { Delivered } from '../src/inbound/kept-place.ts'
import { notifierMetrics } from '../src/notifier-metrics.ts'

const CONFIG: Extract<ChannelConfig, { kind: 'webhook' }> = {
  name: 'hook',
  kind: 'webhook',
  language: 'en',
  perMinute: 6_000,
  url: 'http://127.0.0.1:9',
  urlFile: null,
  secretFile: null,
  oldSecretFile: null,
}
const telling = (version: number): Telling => ({
  channel: 'hook',
  notice: { kind: 'paused', severity: 'info', trader: 'bot1', version, part: 'paused-0', at: 0, facts: {} },
  round: { kind: 'first' },
  alert: null,
  decidedAt: Date.now(),
})

/** Never: the receiver does not answer. */
const NEVER = new Promise<Attempt>(() => undefined)

/** A worker whose receiver answers as told, and notices that wait for it. */
function workerWith(
  answers: readonly (Attempt | Promise<Attempt>)[],
  waiting: readonly Telling[],
  onAttempt: (queue: Telling[]) => void = () => undefined,
  how: Partial<Pick<typeof CONFIG, 'perMinute' | 'secretFile'>> & { readonly before?: ChannelHealth } = {},
) {
  const { before, ...config } = how
  const queue = [...waiting]
  const told: ChannelHealth[] = []
  const recorded: Delivery[] = []
  const attempts: string[] = []
  const sent: Outgoing[] = []
  const over = new AbortController()
  let taken = 0
  const take = (one: Telling, at: number): Delivered => ({
    subject: '',
    data: Buffer.from(JSON.stringify(one)),
    message: undefined as never,
    seq: at,
    deliveries: 1,
    storedAt: 0,
    pending: queue.length,
    ack: () => undefined,
    keep: () => undefined,
  })
  const worker = new ChannelWorker({
    channel: {
      config: { ...CONFIG, ...config },
      escape: String,
      send: async (outgoing) => {
        attempts.push(outgoing.id)
        sent.push(outgoing)
        onAttempt(queue)
        return answers[attempts.length - 1] ?? { kind: 'sent', id: null }
      },
    },
    place: {
      open: async () => undefined,
      take: async (max) => {
        const some = queue.splice(0, max)
        if (some.length === 0) over.abort()
        taken = some.length
        return some.map((one, at) => take(one, attempts.length + at + 1))
      },
      waiting: async () => queue.length + taken,
    },
    store: {
      record: async (delivery) => void recorded.push(delivery),
      isRecorded: async () => false,
      tellHealth: async (_, health) => void told.push(health),
    },
    reader: { language: 'en', zone: 'UTC', consoleUrl: null },
    linkOf: ({ notice }) => `https://d.example/${notice.trader}`,
    told: before,
    metrics: notifierMetrics(),
    log: createLogger('test', 'silent'),
    now: Date.now,
  })
  return { worker, told, recorded, attempts, sent, over, running: worker.run(over.signal) }
}

test('a message that not everybody got makes its channel failing, is sent once, and the next one mends it', async () => {
  const missed = 'the mail server refused 1 of 3 recipients'
  const { told, recorded, attempts, running } = workerWith(
    [{ kind: 'sent', id: 'x', missed }],
    [telling(1), telling(2)],
  )
  await running
  expect(attempts).toHaveLength(2)
  expect(recorded.map(({ outcome }) => outcome)).toEqual(['sent', 'sent'])
  expect(told.map(({ state, reason }) => [state, reason])).toEqual([
    ['untried', null],
    ['failing', missed],
    ['ok', null],
  ])
  expect(told[1]?.lastSentAt).not.toBeNull()
})

test('what comes while a receiver is away is counted as waiting at each attempt', async () => {
  const failed = { kind: 'failed', reason: 'ECONNREFUSED', afterMs: 0, maybeSent: false } as const
  let version = 1
  const oneMore = (queue: Telling[]) => {
    version += 1
    if (version <= 3) queue.push(telling(version))
  }
  const { told, running } = workerWith([failed, failed], [telling(1)], oneMore)
  await running
  expect(told.filter(({ state }) => state === 'failing').map(({ waiting }) => waiting)).toEqual([2, 3])
  expect(told.at(-1)).toMatchObject({ state: 'ok', waiting: 0 })
})

test('a receiver that does not answer keeps no notifier from ending, and the message stays for the next one', async () => {
  const { recorded, attempts, over, running } = workerWith([NEVER], [telling(1)])
  await vi.waitFor(() => expect(attempts).toHaveLength(1))
  over.abort()
  await running
  expect(recorded).toEqual([])
})

test('a channel that hears nobody is failing, also while it sends, until it hears people again', async () => {
  const { worker, told, running } = workerWith([], [telling(1)])
  const hearing = worker.setUnheard('HTTP 409: Conflict')
  await running
  await hearing
  const reason = 'taps on its buttons are not heard: HTTP 409: Conflict'
  expect(told.at(-1)).toMatchObject({ state: 'failing', reason, lastSentAt: expect.any(Number) })
  await worker.setUnheard(null)
  expect(told.at(-1)).toMatchObject({ state: 'ok', reason: null })
})

test('a channel that breaks while it sends tries again', async () => {
  const { recorded, running } = workerWith([Promise.reject(new TypeError('a fault'))], [telling(1)])
  await running
  expect(recorded).toMatchObject([{ outcome: 'sent', attempts: 2, maybeTwice: true }])
})

test('each alert of a digest that goes on can be acknowledged, the worst first, up to ten', async () => {
  const alert = (version: number, kind: 'breach' | 'silent', severity: 'critical' | 'warning'): Telling => {
    const one = telling(version)
    const facts = { rule: 'max_daily_loss', enforced: true }
    return { ...one, notice: { ...one.notice, kind, severity, trader: `bot${version}`, facts }, alert: kind }
  }
  const over: Telling = { ...alert(3, 'silent', 'warning'), round: { kind: 'resolved' } }
  const silent = Array.from({ length: 12 }, (_, index) => alert(index + 3, 'silent', 'warning'))
  const { sent, running } = workerWith([], [telling(1), ...silent, over, alert(2, 'breach', 'critical')])
  await running
  expect(sent).toHaveLength(1)
  const [{ waitedFor = [], tellings }] = sent as [Outgoing]
  expect(tellings).toHaveLength(15)
  expect(waitedFor.map(({ title, link }) => `${title} ${link}`)).toEqual([
    'bot2: max_daily_loss broken https://d.example/bot2',
    ...Array.from({ length: 9 }, (_, index) => `bot${index + 4}: silent https://d.example/bot${index + 4}`),
  ])
})

test('attempts that failed use up nothing of what a channel takes in a minute', async () => {
  const failed = { kind: 'failed', reason: 'HTTP 503', afterMs: null, maybeSent: false } as const
  const { recorded, running } = workerWith([failed, failed], [telling(1), telling(2)], () => undefined, {
    perMinute: 3,
  })
  await running
  expect(recorded.map(({ outcome }) => outcome)).toEqual(['sent', 'sent'])
}, 12_000)

test('a new secret ends the wait of a message at once, and what waits is told meanwhile', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-worker-'))
  const secretFile = path.join(folder, 'secret')
  await writeFile(secretFile, 'revoked')
  const shutOut = { kind: 'shut-out', reason: 'HTTP 401' } as const
  let isFirst = true
  const onAttempt = (queue: Telling[]) => {
    if (isFirst) setTimeout(() => queue.push(telling(2), telling(3)), 500)
    isFirst = false
  }
  const { told, recorded, running } = workerWith([shutOut], [telling(1)], onAttempt, { secretFile })
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ state: 'shut-out', waiting: 3 }), { timeout: 10_000 })
  await writeFile(secretFile, 'new')
  await running
  expect(recorded.map(({ attempts }) => attempts)).toEqual([2, 1, 1])
  await rm(folder, { recursive: true })
}, 20_000)

test.each([
  ['ok', 'ok'],
  ['failing', 'untried'],
] as const)(
  'what sent before, and was %s, is %s for the next notifier, which knows when that was',
  async (state, next) => {
    const before: ChannelHealth = { kind: 'webhook', state, since: 5, reason: null, lastSentAt: 7, waiting: 0 }
    const { told, running } = workerWith([], [], undefined, { before })
    await running
    expect(told[0]).toMatchObject({ state: next, lastSentAt: 7 })
  },
)
