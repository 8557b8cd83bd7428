import { jetStreamApi as api, durables, notifierStreams, streams } from './streams.ts'
import { HTTP_USER, OPERATOR_COMMANDS, subjects, TELEGRAM_USER, type TraderId } from './subjects.ts'

/** The users of NATS; in addition, one for each bot that uses NATS directly. */
export const NATS_USERS = [
  'guardian',
  'admin',
  'console',
  'trader',
  'persister',
  'notifier',
  'connector',
  'operator',
] as const
export type NatsUser = (typeof NATS_USERS)[number]

/** Everything that a user may do. */
export interface Access {
  /** Subjects to which it may publish or send requests. */
  readonly publish: readonly string[]
  /** Exceptions to these. */
  readonly except: readonly string[]
  /** Subjects to which it may subscribe, besides its own inbox. */
  readonly hear: readonly string[]
  /** What it tells others directly: that never comes where the streams are. None if not given. */
  readonly tells?: readonly string[]
  /** What it may hear of what other processes of this user tell. None if not given. */
  readonly hearsOwn?: readonly string[]
  /** What it may hear of what another user tells. None if not given. */
  readonly hearsOf?: readonly { readonly user: NatsUser; readonly subject: string }[]
}

const { inputs, risk, rejects } = streams
const { notices, alerts } = notifierStreams
const ANY = '*'

/** The reply subjects of requests between accounts: the server chooses them, no client can. */
const ANSWERS = '_R_.>'

/** Looks up the streams, as every program does at its start. */
const looks = (...names: readonly string[]) => [api.account, ...names.map(api.streamInfo)]
/** Reads from consumers whose names it knows: those that it created itself, with unguessable names. */
const takes = (stream: string) => [api.next(stream, ANY), api.deleteConsumer(stream, ANY)]
/** Consumers that keep their place for a service: whoever took from them would take it from that service. */
const KEPT = [
  [risk, durables.persister],
  [risk, durables.notifier],
  [rejects, durables.notifier],
] as const
const NOT_THE_KEPT: readonly string[] = KEPT.flatMap(([stream, durable]) => [
  api.createConsumer(stream, durable),
  api.createFilteredConsumer(stream, durable, '>'),
  api.next(stream, durable),
  api.deleteConsumer(stream, durable),
])

const NOT_THE_NOTIFIERS = NOT_THE_KEPT.filter((subject) => subject.includes(`.${durables.notifier}`))

/** Commands under one name, which nobody else may publish. */
const commandsOf = (user: string): readonly string[] => [
  ...OPERATOR_COMMANDS.map((command) => subjects.command(user, command, ANY)),
  subjects.commandLimits(user),
  subjects.commandFlags(user),
]

/** An operator, who gives commands under its own name, so that events name it, and reads their results. `*`: any name. */
export const accessOfOperator = (user: string): Access => ({
  publish: [
    ...commandsOf(user),
    ...looks(inputs, risk, rejects),
    api.readMessage(inputs),
    api.readMessage(risk),
    api.createConsumer(risk, ANY),
    api.createFilteredConsumer(risk, ANY, '>'),
    ...takes(risk),
  ],
  except: NOT_THE_KEPT,
  hear: [subjects.storedAll, subjects.heartbeat, subjects.rejects(inputs)],
})
const OPERATES_BY_HTTP = accessOfOperator(HTTP_USER)

const ACCESS: Readonly<Record<NatsUser, Access>> = {
  /** Decides: reads both logs, and is the only user that writes decisions. */
  guardian: {
    publish: [
      subjects.outAll,
      subjects.control('wake', ANY),
      subjects.heartbeat,
      subjects.rejects(inputs),
      subjects.attempts,
      subjects.riskMetrics,
      ...looks(inputs, risk, rejects),
      api.readMessage(inputs),
      api.readMessage(risk),
      api.readMessage(rejects),
      api.createConsumer(inputs, ANY),
      ...takes(inputs),
      api.createConsumer(risk, ANY),
      api.createFilteredConsumer(risk, ANY, subjects.config('removed')),
      ...takes(risk),
      ANSWERS,
    ],
    except: NOT_THE_KEPT,
    hear: [subjects.newestAll],
  },
  /**
   * `provision` and the commands of `drawbridge`: creates streams, reads everything, writes the log that it adopts, resends
   * dead letters, and deletes harmful messages from INPUTS and REJECTS. Nobody deletes anything from RISK.
   */
  admin: {
    publish: [
      ...looks(inputs, risk, rejects, notices, alerts),
      ...[inputs, risk, rejects, notices, alerts].map(api.createStream),
      subjects.tick(ANY),
      ...commandsOf('admin'),
      subjects.rejectsAll,
      ...[inputs, rejects].map(api.deleteMessage),
      subjects.outAll,
      ...[inputs, risk, rejects].flatMap((stream) => [
        api.readMessage(stream),
        api.createConsumer(stream, ANY),
        api.createFilteredConsumer(stream, ANY, '>'),
        ...takes(stream),
        api.listConsumers(stream),
        api.consumerInfo(stream, ANY),
      ]),
      api.readMessage(alerts),
    ],
    except: NOT_THE_KEPT,
    hear: [subjects.storedAll, subjects.heartbeat],
  },
  /** Serves the operators' API, which identifies its callers itself. */
  console: {
    ...OPERATES_BY_HTTP,
    // For people who look after it: dead letters, and how far persisters are.
    publish: [
      ...OPERATES_BY_HTTP.publish,
      api.readMessage(rejects),
      api.consumerInfo(risk, durables.persister),
      // Alerts: it reads what the notifier remembers, and asks it to change that.
      ...[notices, alerts].map(api.streamInfo),
      api.readMessage(alerts),
      subjects.notifyCommand(HTTP_USER),
    ],
    hear: [...OPERATES_BY_HTTP.hear, subjects.riskMetrics],
    hearsOf: [
      { user: 'connector', subject: subjects.connectorReport(ANY) },
      { user: 'persister', subject: subjects.riskMetrics },
    ],
  },
  /** The trader service: reports for the traders of its configuration, and holds their gates. */
  trader: {
    publish: [
      subjects.tick(ANY),
      subjects.newest(ANY),
      ...looks(inputs, risk),
      api.readMessage(inputs),
      api.createConsumer(risk, ANY),
      api.createFilteredConsumer(risk, ANY, subjects.traderLog(ANY)),
      ...takes(risk),
    ],
    except: NOT_THE_KEPT,
    hear: [subjects.traderLog(ANY), subjects.heartbeat],
  },
  /** Reads decisions from the one durable consumer, and follows the flags outside of it. */
  persister: {
    publish: [
      ...looks(risk, rejects),
      api.createFilteredConsumer(risk, durables.persister, subjects.storedAll),
      api.consumerInfo(risk, durables.persister),
      api.acks(risk, durables.persister),
      api.createFilteredConsumer(risk, ANY, subjects.config('flags')),
      ...takes(risk),
      subjects.rejects(risk),
    ],
    except: [...NOT_THE_NOTIFIERS, api.deleteConsumer(risk, durables.persister)],
    hear: [],
    tells: [subjects.riskMetrics],
  },
  /** Reads decisions and dead letters from its durable consumers, and keeps what it tells in streams of its own. */
  notifier: {
    publish: [
      ...looks(risk, rejects, notices, alerts),
      api.createFilteredConsumer(risk, durables.notifier, subjects.storedAll),
      api.createFilteredConsumer(rejects, durables.notifier, subjects.rejects(risk)),
      ...[risk, rejects].flatMap((stream) => [
        api.consumerInfo(stream, durables.notifier),
        api.next(stream, durables.notifier),
        api.acks(stream, durables.notifier),
      ]),
      api.createFilteredConsumer(notices, ANY, '>'),
      api.consumerInfo(notices, ANY),
      api.next(notices, ANY),
      api.acks(notices, ANY),
      subjects.noticesAll,
      // What somebody asks for in a chat is kept like what the console asks for.
      subjects.notifyCommand('notifier'),
      api.createFilteredConsumer(alerts, ANY, subjects.alertsAll),
      ...takes(alerts),
      api.readMessage(alerts),
      subjects.alertsAll,
    ],
    except: [],
    hear: [],
    hearsOf: [{ user: 'connector', subject: subjects.connectorReport(ANY) }],
  },
  /**
   * Reports for the accounts that it connects, and makes the decisions on them true. As a bot it reads no stream and creates no
   * consumer; which traders are its own is said in config.json alone.
   */
  connector: {
    publish: [subjects.tick(ANY), subjects.newest(ANY), ...looks(inputs, risk)],
    except: [],
    hear: [subjects.traderLog(ANY), subjects.heartbeat],
    tells: [subjects.connectorReport(ANY)],
    // Two processes with the same connectors notice each other.
    hearsOwn: [subjects.connectorReport(ANY)],
  },
  /** A giver of commands: a program, or a person at a shell. */
  operator: accessOfOperator('operator'),
}

export function accessOf(user: NatsUser): Access {
  return ACCESS[user]
}

/**
 * A bot that uses NATS directly: its own ticks, the decisions on it, and the guardians' heartbeats. It may not create
 * consumers: a stream allows few, and without free ones guardians cannot start.
 */
export function accessOfBot(trader: TraderId): Access {
  return {
    publish: [subjects.tick(trader), subjects.newest(trader), ...looks(inputs, risk)],
    except: [],
    hear: [subjects.traderLog(trader), subjects.heartbeat],
  }
}

/**
 * What the notifier may do for people who resume in a chat of Telegram: this one command, and what it must know for it. It is a
 * user of its own, which there is only where people may.
 */
export const accessOfTelegram: Access = {
  publish: [subjects.command(TELEGRAM_USER, 'resume', ANY), subjects.newest(ANY)],
  except: [],
  hear: [subjects.rejects(inputs)],
}

/** Prefix of reply subjects: private to a user, so that users of one account cannot read each other's answers. */
export const inboxPrefixes = { guardian: '_INBOX_guardian', admin: '_INBOX_admin' } as const
