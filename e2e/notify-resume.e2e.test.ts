import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeRiskEvent, streams, subjects, TELEGRAM_USER, toJsonBytes } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { eventually, spawnProgram, spawnService } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorkFolder } from './npm-start.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const PROVISION = fileURLToPath(new URL('../scripts/provision.ts', import.meta.url))
const CHAT = -100
const ANN = 7
const BEN = 8

describe('people who resume in Telegram, each part of the system with its least permissions', () => {
  let nats: SecuredNats
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let telegram: Server
  let operator: NatsConnection
  let traderUrl: string
  const updates: { readonly update_id: number }[] = []
  const answers: string[] = []

  beforeAll(async () => {
    telegram = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const said = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      if (request.url?.endsWith('/getUpdates')) {
        const result = updates.filter(({ update_id: id }) => id >= said.offset)
        return response.end(JSON.stringify({ ok: true, result }))
      }
      if (request.url?.endsWith('/getMe')) return response.end('{"ok":true,"result":{"username":"our_bot"}}')
      if (said.parse_mode === undefined) answers.push(said.text)
      return response.end('{"ok":true,"result":{"message_id":1}}')
    })
    await new Promise<void>((resolve) => telegram.listen(0, '127.0.0.1', resolve))
    nats = await startSecuredNats([], null, [], true)
    folder = await makeWorkFolder()
    await writeFile(join(folder.path, 'token'), 'the-token')
    const chat = {
      kind: 'telegram',
      token_file: join(folder.path, 'token'),
      chat: CHAT,
      users: [ANN, BEN],
      may_resume: [ANN],
      api_url: `http://127.0.0.1:${(telegram.address() as AddressInfo).port}`,
    }
    const file = {
      limits: { confirm_jump: null, stale_after_seconds: null },
      traders: { bot1: {}, bot2: {}, bot3: {} },
      notify: { channels: { chat }, resume_seed_file: nats.seedFile(TELEGRAM_USER) },
    }
    await writeFile(join(folder.path, 'config.json'), JSON.stringify(file))
    const env = (user: string) => ({
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile(user),
      CONFIG_FILE: join(folder.path, 'config.json'),
    })
    const provisioned = await spawnProgram(PROVISION, [], env('admin'))
    expect(provisioned.code, provisioned.stderr).toBe(0)
    spawnService('risk-guardian', env('guardian'))
    traderUrl = await spawnService('trader', env('trader')).url()
    await spawnService('notifier', env('notifier')).waitForPort()
    operator = await nats.connect('operator')
  })
  afterAll(async () => {
    await operator?.close()
    await nats?.close()
    await folder?.remove()
    telegram.closeAllConnections()
    await new Promise((resolve) => telegram.close(resolve))
  })

  const report = (trader: string, equity: number) =>
    eventually(
      async () => {
        const body = JSON.stringify({ equity })
        return (await fetch(`${traderUrl}/api/traders/${trader}/equity`, { method: 'POST', body })).ok
      },
      { what: 'a report to be taken' },
    )
  const pause = (trader: string, body: object) =>
    jetstream(operator).publish(subjects.command('operator', 'pause', trader), toJsonBytes(body))
  const newestOf = async (trader: string) => {
    const message = await lastMessage(await jetstreamManager(operator), streams.risk, subjects.traderLog(trader))
    const event = message === null ? null : decodeRiskEvent(message.data)
    return event?.ok === true ? event.value : null
  }
  const untilPaused = (trader: string) =>
    eventually(async () => (await newestOf(trader))?.state.pause != null, { what: `${trader} to be paused` })
  /** Says something in the chat, and waits for its answer. */
  const say = async (text: string, user = ANN): Promise<string> => {
    const before = answers.length
    hear(text, user)
    await eventually(() => answers.length > before, { what: `an answer to ${text}` })
    return answers.at(-1) ?? ''
  }
  const hear = (text: string, user: number, chat = CHAT) => {
    updates.push({ update_id: updates.length + 1, message: { text, from: { id: user }, chat: { id: chat } } } as never)
  }
  const codeIn = (answer: string) => /\/resume \S+ (\d{6})$/.exec(answer)?.[1] ?? expect.fail(answer)

  test('a code resumes the trader, and the event says who did it', async () => {
    await report('bot1', 1_000)
    await pause('bot1', { reason: 'news' })
    await untilPaused('bot1')
    // Neither one who may only acknowledge nor another chat is answered: the next answer is that to the right one.
    hear('/resume bot1', BEN)
    hear('/resume bot1', ANN, -200)
    const code = codeIn(await say('/resume bot1'))
    expect(answers).toHaveLength(1)
    const wrong = code === '000000' ? '000001' : '000000'
    expect(await say(`/resume bot1 ${wrong}`)).toBe('The code is wrong. Tries left: 2.')
    expect((await newestOf('bot1'))?.state.pause).not.toBeNull()

    expect(await say(`/resume bot1 ${code}`)).toBe('bot1 is resumed by telegram:7: entries are allowed again.')
    const event = await newestOf('bot1')
    expect(event?.state.pause).toBeNull()
    expect(event?.facts).toMatchObject([
      { kind: 'resumed', by: 'telegram', onBehalfOf: 'telegram:7', reason: 'one-time code in Telegram' },
    ])
    expect(await say(`/resume bot1 ${code}`)).toContain('There is no code')
  })

  test('a limit that is still broken is not resumed, and the answer says why', async () => {
    await report('bot2', 1_000)
    await report('bot2', 850)
    await untilPaused('bot2')
    const code = codeIn(await say('/resume bot2'))
    expect(await say(`/resume bot2 ${code}`)).toContain(
      'bot2 was not resumed: a limit is still broken, or cannot be judged (max_daily_loss',
    )
    expect((await newestOf('bot2'))?.state.pause).not.toBeNull()
  })

  test('a firm pause is not resumed', async () => {
    await report('bot3', 1_000)
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await pause('bot3', { reason: 'a promise', firm: true, until })
    await untilPaused('bot3')
    const code = codeIn(await say('/resume bot3'))
    expect(await say(`/resume bot3 ${code}`)).toContain('is firm. Only an admin ends it before its time')
    expect((await newestOf('bot3'))?.state.pause).not.toBeNull()
  })

  test('the user by which it is done gives no other command, and nobody has tried what it may not', async () => {
    expect(await nats.complaints()).toEqual([])
    const thief = await nats.connect(TELEGRAM_USER)
    try {
      for (const subject of [
        subjects.command(TELEGRAM_USER, 'pause', 'bot1'),
        subjects.command(TELEGRAM_USER, 'limits', 'bot1'),
        subjects.command('operator', 'resume', 'bot1'),
        subjects.command('http', 'resume', 'bot1'),
        subjects.tick('bot1'),
      ]) {
        await expect(thief.request(subject, '{}', { timeout: 1_000 }), subject).rejects.toThrow(/permissions/i)
      }
    } finally {
      await thief.close()
    }
  })
})
