import {
  durables,
  notifierStreamSettings,
  notifierStreams,
  streamSettings,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { isPushed } from '@drawbridge/nats'
import { provision } from '@drawbridge/service-kit'
import { eventually, validConfig } from '@drawbridge/testing'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import {
  type Authenticator,
  AuthorizationError,
  type Msg,
  type NatsConnection,
  NoRespondersError,
  nkeyAuthenticator,
  nkeys,
  PermissionViolationError,
} from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Attempt,
  CHANNEL,
  FORBIDDEN_NATS,
  FOREIGN_EARS,
  OTHER,
  OWN,
  PUSHED_TO,
} from './security/forbidden-nats.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const FILE = { notify: { channels: { [CHANNEL]: { kind: 'webhook', url: 'http://127.0.0.1:1' } } } }
/** The consumers that keep the place of the notifiers. */
const KEPT = [
  [streams.risk, durables.notifier, subjects.storedAll],
  [streams.rejects, durables.notifier, subjects.rejects(streams.risk)],
  [notifierStreams.notices, durables.channel(CHANNEL), subjects.noticesOf(CHANNEL)],
  [notifierStreams.notices, durables.commands, subjects.notifyCommandsAll],
] as const
const SETTINGS = [...streamSettings(1), ...notifierStreamSettings(1)]

describe('what a user of NATS must not do', () => {
  let nats: SecuredNats
  let manager: JetStreamManager
  /** The notifier's manager, which alone may look at its consumers. */
  let notifiers: JetStreamManager
  /** All messages to users whom an attempt could reach. */
  const heard: string[] = []
  const heardMessages: Msg[] = []
  const connections = new Map<string, NatsConnection>()
  const as = (user: string): NatsConnection => connections.get(user) ?? expect.fail(`${user} is not connected`)

  beforeAll(async () => {
    nats = await startSecuredNats([OWN, OTHER], null, ['ann'])
    for (const user of [
      'trader',
      'persister',
      'connector',
      'notifier',
      'operator',
      'operator-ann',
      'bot-own1',
      'bot-other1',
    ])
      connections.set(user, await nats.connect(user))
    for (const user of ['guardian', 'admin']) {
      connections.set(user, await nats.connect(user, { inboxPrefix: `_INBOX_${user}` }))
    }
    const config = validConfig(FILE, { NATS_NKEY_SEED_FILE: nats.seedFile('admin') })
    await provision(as('admin'), config)
    const persister = await jetstreamManager(as('persister'))
    await persister.consumers.add(streams.risk, {
      durable_name: durables.persister,
      filter_subject: subjects.storedAll,
    })
    notifiers = await jetstreamManager(as('notifier'))
    for (const [stream, durable, filter] of KEPT)
      await notifiers.consumers.add(stream, { durable_name: durable, filter_subject: filter, ack_policy: 'explicit' })
    await jetstream(as('guardian')).publish(subjects.out('assessed', OWN), '{}')
    await jetstream(as('trader')).publish(subjects.tick(OWN), '{"equity": 1000}')
    manager = await jetstreamManager(as('admin'))
    for (const [user, ears] of Object.entries(FOREIGN_EARS)) {
      for (const ear of ears) {
        const callback = (_error: Error | null, message: Msg) => {
          heard.push(`${user} on ${ear}: ${message.subject}`)
          heardMessages.push(message)
        }
        as(user).subscribe(ear, { callback })
      }
      await as(user).flush()
    }
  }, 60_000)
  afterAll(async () => {
    for (const connection of connections.values()) await connection.close()
    await nats?.close()
  })

  /** All that an attempt could change. */
  async function everything() {
    const infos = await Promise.all(SETTINGS.map(({ name }) => manager.streams.info(name)))
    const kept = await Promise.all([
      manager.consumers.info(streams.risk, durables.persister),
      ...KEPT.map(([stream, durable]) => notifiers.consumers.info(stream, durable)),
    ])
    return {
      streams: infos.map(({ config: { name, subjects: bound }, created, state }) => ({
        name,
        bound,
        created,
        ...state,
      })),
      consumers: kept.map(({ config, created }) => ({ config, created })),
      heard: [...heard],
    }
  }

  /** As it was, but for messages that one was permitted to store in a stream. */
  async function unchanged(before: Awaited<ReturnType<typeof everything>>, stream: string, stored: number) {
    const now = await everything()
    const steady = ({ streams: all, ...rest }: typeof before, added: number) => ({
      ...rest,
      streams: all.map(({ name, bound, created, last_seq, messages }) => {
        const more = name === stream ? added : 0
        return { name, bound, created, lastSeq: last_seq + more, messages: messages + more }
      }),
    })
    expect(steady(now, 0)).toEqual(steady(before, stored))
  }

  const isRefusal = ({ cause }: Error): boolean =>
    cause instanceof PermissionViolationError || cause instanceof NoRespondersError

  /** Resolves when the server has refused a publish of the user there. */
  async function untilRefused(connection: NatsConnection, subject: string, act: () => void): Promise<void> {
    let refused = false
    const statuses = connection.status()
    const listening = (async () => {
      for await (const status of statuses) {
        if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue
        if (status.error.subject === subject) refused = true
        if (refused) return
      }
    })()
    act()
    await connection.flush()
    await eventually(() => refused, { what: `the refusal of ${subject}` })
    await listening
  }

  /** Tries it. @returns how many messages it was permitted to store, and in which stream */
  async function attemptIt(user: string, attempt: Attempt): Promise<{ stream: string; stored: number }> {
    const connection = as(user)
    const none = { stream: '', stored: 0 }
    switch (attempt.kind) {
      case 'publish':
        await untilRefused(connection, attempt.subject, () => connection.publish(attempt.subject, '{"equity": 1}'))
        return none
      case 'hear': {
        const { subject } = attempt
        await untilRefused(connection, subject, () => connection.subscribe(subject, { callback: () => undefined }))
        return none
      }
      case 'ask': {
        const { subject, body = {} } = attempt
        const answer = await connection
          .request(subject, JSON.stringify(body), { timeout: 5_000 })
          .then((message) => message.json<{ error?: object }>())
          .catch((error: Error) => (isRefusal(error) ? { error: {} } : Promise.reject(error)))
        expect(answer).toHaveProperty('error')
        return none
      }
      case 'divert': {
        connection.publish(attempt.subject, '{"equity": 1}', { reply: attempt.answerTo })
        // In the order of the stream: when this is answered, the other was answered, too.
        const { stream } = await jetstream(connection).publish(attempt.subject, '{"equity": 1}')
        return { stream, stored: 2 }
      }
      case 'divert-answer': {
        connection.publish(attempt.subject, JSON.stringify(attempt.body ?? {}), { reply: attempt.answerTo })
        // A subscription takes effect after earlier messages.
        await connection.request('$JS.API.INFO')
        for (const user of Object.keys(FOREIGN_EARS)) await as(user).flush()
        return none
      }
    }
  }

  test.for(FORBIDDEN_NATS)('$user $what: nothing comes of it', async ({ user, attempt }) => {
    const before = await everything()

    const { stream, stored } = await attemptIt(user, attempt)

    await unchanged(before, stream, stored)
  })

  test.for(PUSHED_TO)('what an operator has pushed to %s is seen to be pushed', async (target) => {
    const [name, log] = [`pushed-${Date.now()}`, subjects.traderLog(OWN)]
    const config = { name, filter_subject: log, deliver_subject: target, ack_policy: 'none', idle_heartbeat: 1e8 }
    const create = `$JS.API.CONSUMER.CREATE.${streams.risk}.${name}.${log}`
    heardMessages.length = 0
    await as('operator').request(create, JSON.stringify({ stream_name: streams.risk, config }))

    // Its decision and its idle heartbeats, which come when there is nothing more to push.
    await eventually(() => heardMessages.some(({ headers }) => headers?.code === 100), { what: 'a heartbeat' })
    await as('operator').request(`$JS.API.CONSUMER.DELETE.${streams.risk}.${name}`)
    expect(heardMessages.filter((message) => !isPushed(message))).toEqual([])
    heard.length = 0
  })

  test('the streams are as provision made them, after all that', async () => {
    for (const settings of SETTINGS) {
      const { config } = await manager.streams.info(settings.name)
      expect(config).toMatchObject({ ...settings, subjects: [...settings.subjects] })
    }
    expect(heard).toEqual([])
  })

  test.each<[string, () => Authenticator | null]>([
    ['nobody', () => null],
    ['a user that the server does not know', () => nkeyAuthenticator(nkeys.createUser().getSeed())],
    [
      'who names a guardian and cannot sign for it',
      () => {
        const stranger = nkeyAuthenticator(nkeys.createUser().getSeed())
        return (nonce) => {
          const { sig = '' } = (stranger(nonce) ?? {}) as { readonly sig?: string }
          return { nkey: nats.publicKeys.guardian ?? '', sig }
        }
      },
    ],
    ['who names a guardian and signs nothing', () => () => ({ nkey: nats.publicKeys.guardian ?? '', sig: '' })],
    ['who has a password', () => () => ({ user: 'guardian', pass: 'guardian' })],
    ['who has a token', () => () => ({ auth_token: 'guardian' })],
  ])('%s does not get in', async (_who, authenticator) => {
    const who = authenticator()
    const connecting = nats.connect(null, who === null ? {} : { authenticator: who })

    await expect(connecting).rejects.toBeInstanceOf(AuthorizationError)
  })
})
