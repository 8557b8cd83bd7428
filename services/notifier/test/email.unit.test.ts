import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ChannelConfig } from '@drawbridge/settings'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emailChannel, type MailServerTimes } from '../src/channels/email.ts'
import type { Attempt } from '../src/core/retry.ts'

let folder: string
let server: SMTPServer
let mails: string[]
let sockets: Socket[]

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-email-'))
  await writeFile(path.join(folder, 'password'), 'the-password')
  mails = []
  sockets = []
})
afterEach(async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()))
  await rm(folder, { recursive: true })
})

/** @param tls whether our client asks for TLS @returns what came of a message */
async function sendTo(
  options: SMTPServerOptions,
  tls: 'required' | 'none' = 'none',
  title = 'bot1: broken',
  only?: readonly string[],
  times?: MailServerTimes,
): Promise<Attempt> {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: tls === 'none' ? ['STARTTLS', 'AUTH'] : [],
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'))
        done()
      })
    },
    ...options,
  })
  server.server.on('connection', (socket: Socket) => sockets.push(socket))
  // A client that trusts nobody ends the connection.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const config: Extract<ChannelConfig, { kind: 'email' }> = {
    name: 'mail',
    kind: 'email',
    language: 'en',
    perMinute: 6,
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    tls,
    user: tls === 'none' ? null : 'drawbridge',
    passwordFile: tls === 'none' ? null : path.join(folder, 'password'),
    from: 'Drawbridge <alerts@example.com>',
    to: ['ann@example.com', 'bob@example.com'],
  }
  const message = { title, lines: ['Lost 60.00.', 'Größe: ß'], link: null, severity: 'critical' } as const
  return emailChannel(config, times).send({
    id: 'bot1.7',
    message,
    tellings: [],
    maybeTwice: false,
    acknowledgeLink: null,
    now: 0,
    ...(only === undefined ? {} : { only }),
  })
}

/** A server that knows no Bob, for now or for ever. */
const refusesBob =
  (responseCode: number): NonNullable<SMTPServerOptions['onRcptTo']> =>
  ({ address }, _session, done) => {
    done(address.startsWith('bob') ? Object.assign(new Error('no bob@example.com here'), { responseCode }) : undefined)
  }

test('a mail server takes a message, which has the same id whenever it is sent', async () => {
  const first = await sendTo({})
  expect(first).toEqual({ kind: 'sent', id: expect.stringMatching(/^<[0-9a-f]{32}@example\.com>$/) })
  const [mail = ''] = mails
  expect(mail).toContain('From: Drawbridge <alerts@example.com>')
  expect(mail).toContain('To: ann@example.com, bob@example.com')
  expect(mail).toContain('Subject: bot1: broken')
  expect(mail).toContain('Auto-Submitted: auto-generated')
  expect(mail).toContain('Lost 60.00.')
  await new Promise<void>((resolve) => server.close(() => resolve()))
  expect(await sendTo({})).toEqual(first)
})

test('a title cannot add a header', async () => {
  await sendTo({}, 'none', 'bot1\r\nBcc: eve@example.com')
  expect(mails[0]).not.toMatch(/^Bcc:/m)
})

test('a server that is busy is asked again', async () => {
  const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) => {
    done(Object.assign(new Error('try later'), { responseCode: 451 }))
  }
  expect(await sendTo({ onRcptTo })).toMatchObject({ kind: 'failed', maybeSent: false })
})

test('a server that takes long to take a message is waited for, and gets no second one', async () => {
  const onData: SMTPServerOptions['onData'] = (stream, _session, done) => {
    stream.resume().on('end', () => setTimeout(done, 400))
  }
  const times = { connectMs: 200, answerMs: 30_000 }
  expect(await sendTo({ onData }, 'none', 'bot1: broken', undefined, times)).toMatchObject({ kind: 'sent' })
})

test.each([
  ['says nothing more', 'SMTP ETIMEDOUT', (): void => undefined],
  ['goes away', 'SMTP ECONNECTION', (): void => void sockets[0]?.destroy()],
] as const)('a server that has the text and %s has maybe taken it', async (_, reason, then) => {
  const onData: SMTPServerOptions['onData'] = (stream) => {
    stream.resume().on('end', then)
  }
  const times = { connectMs: 10_000, answerMs: 200 }
  const attempt = await sendTo({ onData, closeTimeout: 1 }, 'none', 'bot1: broken', undefined, times)
  expect(attempt).toEqual({ kind: 'failed', reason, afterMs: null, maybeSent: true })
})

test('a mail server that is too busy to greet has got nothing', async () => {
  const onConnect: SMTPServerOptions['onConnect'] = (_session, done) =>
    done(Object.assign(new Error('busy'), { responseCode: 421 }))
  expect(await sendTo({ onConnect })).toMatchObject({ kind: 'failed', maybeSent: false })
})

test('an address that is refused is given up', async () => {
  const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) => {
    done(Object.assign(new Error('no such user'), { responseCode: 550 }))
  }
  expect(await sendTo({ onRcptTo })).toMatchObject({ kind: 'refused', reason: expect.stringContaining('550') })
})

test('one of several addresses that is refused is counted, and not named', async () => {
  const attempt = await sendTo({ onRcptTo: refusesBob(550) })
  expect(attempt).toMatchObject({ kind: 'sent', missed: 'the mail server refused 1 of 2 recipients' })
  expect(JSON.stringify(attempt)).not.toContain('bob')
  expect(mails).toHaveLength(1)
})

test('one of several addresses that is refused for now is left for later, and is written to alone then', async () => {
  const attempt = await sendTo({ onRcptTo: refusesBob(450) })
  expect(attempt).toMatchObject({ kind: 'sent', left: ['bob@example.com'] })
  expect(attempt).not.toHaveProperty('missed')
  await new Promise<void>((resolve) => server.close(() => resolve()))

  const to: string[] = []
  const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, done) => {
    to.push(address)
    done()
  }
  const again = await sendTo({ onRcptTo }, 'none', 'bot1: broken', ['bob@example.com'])
  expect(again).toEqual({ kind: 'sent', id: attempt.kind === 'sent' ? attempt.id : '' })
  expect(to).toEqual(['bob@example.com'])
  expect(mails[1]).toContain('To: ann@example.com, bob@example.com')
})

test('a server without STARTTLS gets nothing, and the reason says which setting to change', async () => {
  const attempt = await sendTo({ disabledCommands: ['STARTTLS'] }, 'required')
  expect(attempt).toMatchObject({
    kind: 'shut-out',
    reason: expect.stringContaining('ETLS: no TLS begins by STARTTLS; set tls'),
  })
  expect(mails).toEqual([])
})

test('a server that is not trusted gets neither the password nor the message', async () => {
  let heard = 0
  const onAuth: SMTPServerOptions['onAuth'] = (_auth, _session, done) => {
    heard += 1
    done(null, { user: 'drawbridge' })
  }
  // It has a certificate of its own making.
  const attempt = await sendTo({ onAuth }, 'required')
  expect(attempt.kind).not.toBe('sent')
  expect(heard).toBe(0)
  expect(mails).toEqual([])
  expect(JSON.stringify(attempt)).not.toContain('the-password')
})
