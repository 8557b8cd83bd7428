import type { AddressInfo } from 'node:net'
import { eventually } from '@drawbridge/testing'
import { metric } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'

let scene: Scene
let server: SMTPServer
/** Whom each mail went to, and its subject. */
let mails: { readonly to: readonly string[]; readonly subject: string }[]
let bobIsNew: boolean

beforeEach(async () => {
  mails = []
  bobIsNew = true
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      const isNew = address === 'bob@example.com' && bobIsNew
      done(isNew ? Object.assign(new Error('greylisted, try later'), { responseCode: 450 }) : undefined)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const [, subject = ''] = /^Subject: (.*)$/m.exec(Buffer.concat(chunks).toString('utf8')) ?? []
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), subject: subject.trim() })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await scene.close()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

function breach(trader: string): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

test('a recipient whom the mail server refuses for now gets the message later, and nobody gets it twice', async () => {
  const { port } = server.server.address() as AddressInfo
  const to = ['ann@example.com', 'bob@example.com']
  const mail = { kind: 'email', host: '127.0.0.1', port, tls: 'none', from: 'd@example.com', to }
  scene = await Scene.open({ channels: { mail } })
  const service = await scene.start({ ackWaitMs: 10_000 })
  await scene.publish(breach('bot1').events)
  await eventually(() => mails.length === 1, { what: 'the mail to Ann' })
  await eventually(async () => (await metric(service, 'notifier_channel_failing')) === 1, { what: 'it to be failing' })
  expect(await scene.delivery('bot1.2.breach-0.first.mail')).toBeNull()

  bobIsNew = false
  expect(await scene.untilDelivered('bot1.2.breach-0.first.mail')).toMatchObject({ outcome: 'sent' })
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.mail')
  expect(mails).toEqual([
    { to: ['ann@example.com'], subject: expect.stringContaining('bot1') },
    { to: ['bob@example.com'], subject: expect.stringContaining('bot1') },
    { to, subject: expect.stringContaining('bot2') },
  ])
  await eventually(async () => (await metric(service, 'notifier_channel_failing')) === 0, { what: 'it to work' })
})
