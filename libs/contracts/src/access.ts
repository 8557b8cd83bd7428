import { jetStreamApi as api } from './jetstream-api.ts'
import { durables, streams } from './streams.ts'
import { HTTP_USER, subjects } from './subjects.ts'
import type { TraderId } from './trader-id.ts'

/** Who connects to NATS; besides these, one user for each bot that speaks NATS itself. */
export const NATS_USERS = ['guardian', 'admin', 'console', 'trader', 'persister', 'operator'] as const
export type NatsUser = (typeof NATS_USERS)[number]

/** What a user may do; nothing else. */
export interface Access {
  /** Subjects that it may publish to or ask. */
  readonly publish: readonly string[]
  /** Of these, what it may not. */
  readonly except: readonly string[]
  /** Subjects that it may hear besides its own inbox. */
  readonly hear: readonly string[]
}

const { inputs, risk, rejects } = streams
const ANY = '*'

/** Where the server has an answer to another account go: it names the subject, so that nobody who asks can. */
const ANSWERS = '_R_.>'

/** Asks what the streams are, as every program does at its start. */
const looks = (...names: readonly string[]) => [api.account, ...names.map(api.streamInfo)]
/** Takes from consumers whose names it knows: those that it made itself, whose names nobody can guess. */
const takes = (stream: string) => [api.next(stream, ANY), api.deleteConsumer(stream, ANY)]
const NOT_THE_PERSISTERS: readonly string[] = [
  api.createConsumer(risk, durables.persister),
  api.createFilteredConsumer(risk, durables.persister, '>'),
  api.next(risk, durables.persister),
  api.deleteConsumer(risk, durables.persister),
]

/** Commands under one name: nobody else may publish them. */
const commandsOf = (user: string): readonly string[] => [
  subjects.command(user, 'pause', ANY),
  subjects.command(user, 'resume', ANY),
  subjects.command(user, 'limits', ANY),
  subjects.command(user, 'cash-flow', ANY),
  subjects.commandLimits(user),
  subjects.commandFlags(user),
]

/** Gives commands under a name, and reads what became of them. */
const operatesAs = (user: string): Access => ({
  publish: [
    ...commandsOf(user),
    ...looks(inputs, risk, rejects),
    api.readMessage(inputs),
    api.readMessage(risk),
    api.createConsumer(risk, ANY),
    api.createFilteredConsumer(risk, ANY, '>'),
    ...takes(risk),
  ],
  except: NOT_THE_PERSISTERS,
  hear: [subjects.storedAll, subjects.heartbeat, subjects.rejects(inputs)],
})
const OPERATES_BY_HTTP = operatesAs(HTTP_USER)

const ACCESS: Readonly<Record<NatsUser, Access>> = {
  /** Judges: reads both logs, and alone writes decisions. */
  guardian: {
    publish: [
      subjects.outAll,
      subjects.control('wake', ANY),
      subjects.heartbeat,
      subjects.rejects(inputs),
      subjects.attempts,
      subjects.riskMetrics,
      ...looks(inputs, risk, rejects),
      api.readMessage(risk),
      api.readMessage(rejects),
      api.createConsumer(inputs, ANY),
      ...takes(inputs),
      api.createConsumer(risk, ANY),
      api.createFilteredConsumer(risk, ANY, subjects.config('removed')),
      ...takes(risk),
      ANSWERS,
    ],
    except: NOT_THE_PERSISTERS,
    hear: [subjects.newestAll],
  },
  /**
   * `provision` and the commands of `drawbridge`: makes streams, reads everything, writes the log that it adopts, sends dead
   * letters again, and takes out of INPUTS and REJECTS what harms. Nobody takes anything out of RISK.
   */
  admin: {
    publish: [
      ...looks(inputs, risk, rejects),
      ...[inputs, risk, rejects].map(api.createStream),
      subjects.tick(ANY),
      ...commandsOf('admin'),
      subjects.rejectsAll,
      ...[inputs, rejects].map(api.deleteMessage),
      subjects.outAll,
      ...[inputs, risk, rejects].flatMap((stream) => [
        api.readMessage(stream),
        api.createUnnamedConsumer(stream),
        api.createConsumer(stream, ANY),
        api.createFilteredConsumer(stream, ANY, '>'),
        ...takes(stream),
        api.listConsumers(stream),
        api.consumerInfo(stream, ANY),
      ]),
    ],
    except: NOT_THE_PERSISTERS,
    hear: [subjects.storedAll, subjects.heartbeat],
  },
  /** Serves the operators' API, which says itself who asks. */
  console: { ...OPERATES_BY_HTTP, hear: [...OPERATES_BY_HTTP.hear, subjects.riskMetrics] },
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
    except: NOT_THE_PERSISTERS,
    hear: [subjects.traderLog(ANY), subjects.heartbeat],
  },
  /** Takes decisions from the one durable consumer, and follows the flags outside of it. */
  persister: {
    publish: [
      ...looks(risk, rejects),
      api.createFilteredConsumer(risk, durables.persister, subjects.storedAll),
      api.consumerInfo(risk, durables.persister),
      api.acks(risk, durables.persister),
      api.createFilteredConsumer(risk, ANY, subjects.config('flags')),
      ...takes(risk),
      subjects.rejects(risk),
      subjects.riskMetrics,
    ],
    except: [api.deleteConsumer(risk, durables.persister)],
    hear: [],
  },
  /** Whoever gives commands: a program, a person at a shell. */
  operator: operatesAs('operator'),
}

export function accessOf(user: NatsUser): Access {
  return ACCESS[user]
}

/** One more operator, with a name of its own, so that events say who it was. `*`: whoever gives commands. */
export function accessOfOperator(user: string): Access {
  return operatesAs(user)
}

/**
 * A bot that speaks NATS itself: its own ticks, the decisions on it, and the guardians' signs of life. It makes no consumer:
 * a stream has room for few, and who uses them up keeps guardians from starting.
 */
export function accessOfBot(trader: TraderId): Access {
  return {
    publish: [subjects.tick(trader), subjects.newest(trader), ...looks(inputs, risk)],
    except: [],
    hear: [subjects.traderLog(trader), subjects.heartbeat],
  }
}

/** Where answers come to: private to a user, so that those who share an account cannot hear each other's. */
export const inboxPrefixes = { guardian: '_INBOX_guardian', admin: '_INBOX_admin' } as const
