import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { NotifyCommand } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OpenAlert } from '../src/alert-desk.ts'
import { buttonOf } from '../src/channels/acknowledge-button.ts'
import type { TelegramConfig } from '../src/channels/telegram.ts'
import { TelegramChat } from '../src/inbound/telegram-chat.ts'
import { chatsByBot, TelegramUpdates } from '../src/inbound/telegram-updates.ts'
import { Receiver, type Reply } from './receiver.ts'

const log = createLogger('test', 'silent')
const KEY = 'breach:max_daily_loss'
let telegram: Receiver
let folder: string
let over: AbortController
let running: Promise<unknown>
let updates: object[]
/** What is open, as the desk knows it. */
let alerts: OpenAlert[]
let commands: NotifyCommand[]
let unheard: (readonly [string, string | null])[]
/** What getUpdates answers instead, one after another. */
let odd: Reply[]
let asksAtOnce: number

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-telegram-'))
  await writeFile(path.join(folder, 'token'), 'the-token')
  await writeFile(path.join(folder, 'same'), 'the-token')
  over = new AbortController()
  running = Promise.resolve()
  updates = []
  alerts = [{ trader: 'bot1', key: KEY, version: 2, acknowledged: null }]
  commands = []
  unheard = []
  odd = []
  asksAtOnce = 0
  telegram = await Receiver.open()
  telegram.answer = answer
})
afterEach(async () => {
  over.abort()
  await running
  await telegram.close()
  await rm(folder, { recursive: true })
})

/** As Telegram: who asks while another one does ends that one, so that both hear a conflict. */
async function answer({ path: at, body }: { readonly path: string; readonly body: string }): Promise<Reply> {
  if (!at.endsWith('/getUpdates')) return { status: 200, body: '{"ok":true,"result":true}' }
  const { offset } = JSON.parse(body)
  asksAtOnce += 1
  if (asksAtOnce > 1) return { status: 409, body: '{"ok":false,"description":"Conflict"}' }
  const since = () => updates.filter((update) => (update as { update_id: number }).update_id >= offset)
  await eventually(() => odd.length > 0 || since().length > 0 || over.signal.aborted, { what: 'an update' })
  asksAtOnce -= 1
  return odd.shift() ?? { status: 200, body: JSON.stringify({ ok: true, result: since() }) }
}

function chat(name: string, id: number, users: readonly number[], token = 'token'): TelegramChat {
  const config: TelegramConfig = {
    name,
    kind: 'telegram',
    language: 'en',
    perMinute: 6,
    apiUrl: telegram.url,
    tokenFile: path.join(folder, token),
    chat: String(id),
    users,
    mayResume: [],
  }
  const send = async (command: NotifyCommand) => void commands.push(command)
  return new TelegramChat({ config, zone: 'UTC', openAlerts: () => alerts, send, resumes: null, log })
}

function hear(...chats: readonly TelegramChat[]): void {
  const onUnheard = async (channel: string, reason: string | null) => void unheard.push([channel, reason])
  const bots = chatsByBot(chats).map(
    (ofOne) => new TelegramUpdates({ chats: ofOne, onUnheard, log, failuresThatLast: 2 }),
  )
  running = Promise.all(bots.map((bot) => bot.run(over.signal)))
}

let lastId = 0
function tap(user: number, id: number, version = 2): void {
  lastId += 1
  const notice = { trader: 'bot1', version } as Parameters<typeof buttonOf>[0]['notice']
  const data = buttonOf({ notice, alert: KEY })
  const query = { id: `q${lastId}`, data, from: { id: user }, message: { chat: { id } } }
  updates.push({ update_id: lastId, callback_query: query })
}

async function answers(count: number): Promise<readonly string[]> {
  const found = () => telegram.received.filter(({ path: at }) => at.endsWith('/answerCallbackQuery'))
  await eventually(() => found().length >= count, { what: `${count} answers` })
  return found().map(({ body }) => JSON.parse(body).text)
}

test('one bot hears all its chats, whatever the files of its token are called, and each has its own people', async () => {
  hear(chat('one', -100, [7]), chat('two', -200, [8], 'same'))
  tap(8, -100)
  tap(7, -200)
  tap(7, -100)
  tap(8, -200)
  await answers(2)
  expect(commands.map(({ by }) => by)).toEqual(['telegram:7', 'telegram:8'])
  expect(commands[0]).toMatchObject({ kind: 'acknowledge', trader: 'bot1', alert: KEY, version: 2 })
  expect(unheard).toEqual([])
})

test('a conflict with another program that lasts is told of each channel, and so is its end', async () => {
  odd.push(
    ...Array(2).fill({ status: 409, body: '{"ok":false,"description":"Conflict: terminated by other request"}' }),
  )
  hear(chat('one', -100, [7]), chat('two', -200, [8]))
  await eventually(() => unheard.length === 2, { what: 'it to be told' })
  const reason = 'HTTP 409: Conflict: terminated by other request'
  tap(7, -100)
  await answers(1)
  await eventually(() => unheard.length === 4, { what: 'its end to be told' })
  expect(unheard).toEqual([
    ['one', reason],
    ['two', reason],
    ['one', null],
    ['two', null],
  ])
})

test('two channels of one chat have the people of both', async () => {
  hear(chat('one', -100, [7]), chat('two', -100, [8]))
  tap(7, -100)
  tap(8, -100)
  await answers(2)
  expect(commands.map(({ by }) => by)).toEqual(['telegram:7', 'telegram:8'])
})

test.each([
  '{"ok":true,"result":{}}',
  '{"ok":true}',
  '{"ok":true,"result":[{}]}',
  '{"ok":true,"result":[null,5,"x",{"callback_query":null},{"message":null}]}',
  '{"ok":true,"result":[{"update_id":0,"callback_query":{"from":null}},{"update_id":0,"callback_query":7}]}',
  'null',
  '<html>',
])('the odd answer %s ends nothing', async (body) => {
  odd.push({ status: 200, body })
  hear(chat('one', -100, [7]))
  await eventually(() => odd.length === 0, { what: 'the odd answer' })
  tap(7, -100)
  expect(await answers(1)).toEqual(['Acknowledged by telegram:7: no more repetitions.'])
})

test('the second who taps is told who was first, and nothing else happens', async () => {
  hear(chat('one', -100, [7, 8]))
  alerts = [{ trader: 'bot1', key: KEY, version: 2, acknowledged: { by: 'telegram:7', at: Date.UTC(2026, 2, 12) } }]
  tap(8, -100)
  const [text] = await answers(1)
  expect(text).toContain('Acknowledged by telegram:7, 12 Mar 2026')
  expect(commands).toEqual([])
})

test('the button of an old message acknowledges nothing that was told later', async () => {
  hear(chat('one', -100, [7]))
  alerts = [{ trader: 'bot1', key: KEY, version: 5, acknowledged: null }]
  tap(7, -100)
  expect(await answers(1)).toEqual(['There is a newer message of it: acknowledge that one.'])
  alerts = []
  tap(7, -100)
  expect((await answers(2))[1]).toBe('It is over already.')
  expect(commands).toEqual([])
})
