import { jetStreamApi as api, durables, HTTP_USER, notifierStreams, streams, subjects } from '@drawbridge/contracts'

/** How somebody tries what is beyond its rights. */
export type Attempt =
  /** The server refuses to take it. */
  | { readonly kind: 'publish'; readonly subject: string }
  /** The server refuses to let it listen. */
  | { readonly kind: 'hear'; readonly subject: string }
  /** Refused by the server, or by what is asked. */
  | { readonly kind: 'ask'; readonly subject: string; readonly body?: object }
  /** A permitted message whose answer would go to a subject on which its sender may not publish. */
  | { readonly kind: 'divert'; readonly subject: string; readonly answerTo: string }
  /** A question, with an answer that is to go where somebody else listens. */
  | { readonly kind: 'divert-answer'; readonly subject: string; readonly body?: object; readonly answerTo: string }

export type Attacker =
  | 'bot-own1'
  | 'trader'
  | 'persister'
  | 'connector'
  | 'notifier'
  | 'operator'
  | 'operator-ann'
  | 'guardian'
  | 'admin'

export interface ForbiddenNats {
  readonly user: Attacker
  readonly what: string
  readonly attempt: Attempt
}

const { inputs, risk, rejects } = streams
const { notices, alerts } = notifierStreams
/** A channel of config.json, where attacks are tried. */
export const CHANNEL = 'hook'
const NOTIFIER = durables.notifier
const PERSISTER = durables.persister
export const OWN = 'own1'
export const OTHER = 'other1'
const mine = subjects.traderLog(OWN)
const consumer = (config: object) => ({
  stream_name: risk,
  config: { ack_policy: 'none', mem_storage: true, ...config },
})
const ofNotices = { stream_name: notices, config: { name: 'c4', ack_policy: 'none' } }

const publish = (subject: string): Attempt => ({ kind: 'publish', subject })
const hear = (subject: string): Attempt => ({ kind: 'hear', subject })
const ask = (subject: string, body: object = {}): Attempt => ({ kind: 'ask', subject, body })
const divert = (subject: string, answerTo: string): Attempt => ({ kind: 'divert', subject, answerTo })

type Tries = readonly (readonly [what: string, attempt: Attempt])[]

/** Nobody deletes, empties or changes a stream: the users are not made for it. */
const DESTROY: Tries = [inputs, risk, rejects, notices, alerts].flatMap((stream) => [
  [`deletes ${stream}`, ask(`$JS.API.STREAM.DELETE.${stream}`)],
  [`empties ${stream}`, ask(`$JS.API.STREAM.PURGE.${stream}`)],
  [`changes ${stream}`, ask(`$JS.API.STREAM.UPDATE.${stream}`, { name: stream, subjects: ['x'] })],
  [`deletes a message of ${stream}`, ask(`$JS.API.STREAM.MSG.DELETE.${stream}`, { seq: 1 })],
])
const LIST: Tries = [['lists consumers', ask(api.listConsumers(risk))]]
/** What an admin may do: an input that harms guardians has to go, and a dead letter that is dealt with. */
const REMOVES: readonly string[] = [inputs, rejects].map((stream) => `deletes a message of ${stream}`)
const SNOOP: Tries = [
  ['lists streams', ask('$JS.API.STREAM.LIST')],
  ['takes a copy of the risk log', ask(`$JS.API.STREAM.SNAPSHOT.${risk}`, { deliver_subject: 'x' })],
  ['listens to everything', hear('>')],
  ['listens to what consumers do', hear('$JS.EVENT.>')],
  ['listens to the system', hear('$SYS.>')],
]
const THE_PERSISTERS: Tries = [
  ['takes events from the persisters', ask(api.next(risk, PERSISTER))],
  ['deletes the consumer of the persisters', ask(api.deleteConsumer(risk, PERSISTER))],
  ['pauses the consumer of the persisters', ask(`$JS.API.CONSUMER.PAUSE.${risk}.${PERSISTER}`)],
  ['acknowledges for the persisters', publish(`$JS.ACK.${risk}.${PERSISTER}.1.1.1.1.1`)],
  [
    'has the consumer of the persisters leave out events',
    ask(api.createFilteredConsumer(risk, PERSISTER, mine), consumer({ name: PERSISTER, filter_subject: mine })),
  ],
  [
    'changes the consumer of the persisters',
    ask(api.createConsumer(risk, PERSISTER), consumer({ name: PERSISTER, ack_policy: 'explicit' })),
  ],
]
/** What people are told, and what the notifier remembers of it. */
const THE_NOTIFIERS: Tries = [
  ...[risk, rejects].flatMap(
    (stream): Tries => [
      [`takes messages of ${stream} from the notifiers`, ask(api.next(stream, NOTIFIER))],
      [`deletes the consumer of the notifiers on ${stream}`, ask(api.deleteConsumer(stream, NOTIFIER))],
      [`pauses the consumer of the notifiers on ${stream}`, ask(`$JS.API.CONSUMER.PAUSE.${stream}.${NOTIFIER}`)],
      [`acknowledges messages of ${stream} for the notifiers`, publish(`$JS.ACK.${stream}.${NOTIFIER}.1.1.1.1.1`)],
    ],
  ),
  [
    'has the consumer of the notifiers leave out events',
    ask(api.createFilteredConsumer(risk, NOTIFIER, mine), consumer({ name: NOTIFIER, filter_subject: mine })),
  ],
  ['takes a message from its channel', ask(api.next(notices, durables.channel(CHANNEL)))],
  ['acknowledges a message for its channel', publish(`$JS.ACK.${notices}.${durables.channel(CHANNEL)}.1.1.1.1.1`)],
  ['takes what the notifier is asked', ask(api.next(notices, durables.commands))],
  ['reads messages to people by a consumer', ask(api.createConsumer(notices, 'c4'), ofNotices)],
  ['reads any message to people', ask(api.readMessage(notices), { seq: 1 })],
  ['tells people what did not happen', publish(subjects.notice(CHANNEL, OWN))],
  ['says that an alert is over', publish(subjects.alerts(OWN))],
  ['silences alerts', publish(subjects.silences)],
  ['says that somebody acknowledged', publish(subjects.acknowledgement(OWN, 1, 'silent'))],
  ['says that a message was sent', publish(subjects.delivery('own1.1.breach.first.hook'))],
  ['says that a channel does well', publish(subjects.channelHealth(CHANNEL))],
  ['keeps the notifier from working', publish(subjects.notifierLease)],
  ['asks the notifier as the console', publish(subjects.notifyCommand(HTTP_USER))],
  ['asks the notifier as a chat', publish(subjects.notifyCommand('notifier'))],
  ['listens to messages to people', hear(subjects.noticesAll)],
  ['listens to what the notifier is asked', hear(subjects.notifyCommandsAll)],
  ['listens to what the notifier remembers', hear(subjects.alertsAll)],
]
/** What the notifier remembers of alerts, and the console shows. */
const REMEMBERED: Tries = [['reads any alert', ask(api.readMessage(alerts), { seq: 1 })]]
const UNNAMED: Tries = [
  [
    'changes the consumer of the persisters by a request that names none',
    ask(api.createUnnamedConsumer(risk), consumer({ name: PERSISTER, filter_subjects: [mine, 'risk.x.y'] })),
  ],
]
const DECIDE: Tries = [
  ['writes a decision', publish(subjects.out('resumed', OWN))],
  ['writes a configuration into the risk log', publish(subjects.outConfig('limits'))],
]
const FORGE: Tries = [
  ['says a decision that is not stored', publish(subjects.event('resumed', OWN))],
  ['says a configuration that is not stored', publish(subjects.config('flags'))],
]
/** Commands without a known author. */
const UNSIGNED: Tries = [
  ['resumes a trader as nobody', publish(subjects.control('resume', OWN))],
  ['loosens the limits as nobody', publish(subjects.controlLimits)],
  ['switches flags as nobody', publish(subjects.controlFlags)],
]
/** Commands under the name of somebody else. */
const commandAs = (user: string): Tries => [
  [`resumes a trader as ${user}`, publish(subjects.command(user, 'resume', OWN))],
  [`loosens the limits as ${user}`, publish(subjects.commandLimits(user))],
  [`switches flags as ${user}`, publish(subjects.commandFlags(user))],
]
const COMMAND: Tries = [...UNSIGNED, ...['operator', 'operator-ann', 'admin', HTTP_USER].flatMap(commandAs)]
const INBOXES: Tries = [
  ['listens to answers to the guardians', hear('_INBOX_guardian.>')],
  ['listens to answers to the admin', hear('_INBOX_admin.>')],
]
/** A tick is permitted, and JetStream sends the answer to any subject that the sender names. */
const DIVERT: Tries = [
  ['has the answer to a tick stored as a decision', divert(subjects.tick(OWN), subjects.out('resumed', OWN))],
  ['has the answer to a tick heard as a decision', divert(subjects.tick(OWN), subjects.event('resumed', OTHER))],
  ['has the answer to a tick delete a stream', divert(subjects.tick(OWN), `$JS.API.STREAM.DELETE.${inputs}`)],
]

/** Where somebody else listens, and each knows: even an inbox whose name cannot be guessed. */
export const FOREIGN_EARS = {
  guardian: ['_INBOX_guardian.known'],
  admin: ['_INBOX_admin.known', subjects.storedAll, subjects.heartbeat],
  'operator-ann': [
    '_INBOX.known',
    subjects.storedAll,
    subjects.config('flags'),
    subjects.heartbeat,
    subjects.rejects(inputs),
  ],
  'bot-other1': ['_INBOX.known', subjects.traderLog(OTHER), subjects.event('breach', OTHER), subjects.heartbeat],
} as const
const FOREIGN = [
  subjects.heartbeat,
  subjects.event('breach', OTHER),
  subjects.config('flags'),
  subjects.rejects(inputs),
  '_INBOX_guardian.known',
  '_INBOX_admin.known',
  '_INBOX.known',
] as const
/** All that a bot may ask, with an answer that others would take for theirs. */
const DIVERT_ANSWERS: Tries = FOREIGN.flatMap((answerTo) => [
  ...[api.account, api.streamInfo(risk), api.next(risk, 'nothing'), api.deleteConsumer(risk, 'nothing')].map(
    (subject) =>
      [`has the answer to ${subject} go to ${answerTo}`, { kind: 'divert-answer', subject, answerTo }] as const,
  ),
  [
    `has the answer about a consumer go to ${answerTo}`,
    {
      kind: 'divert-answer',
      subject: api.createFilteredConsumer(risk, 'own-pull', mine),
      body: consumer({ name: 'own-pull', filter_subject: mine, inactive_threshold: 60_000_000_000 }),
      answerTo,
    },
  ],
  [
    `has its decisions pulled to ${answerTo}`,
    { kind: 'divert-answer', subject: api.next(risk, 'own-pull'), body: { batch: 1 }, answerTo },
  ],
  [`has the answer to a tick go to ${answerTo}`, divert(subjects.tick(OWN), answerTo)],
])

/** What nobody may do but a guardian, the notifier or an administrator. */
const ANYBODY: Tries = [
  ...DESTROY,
  ...SNOOP,
  ...LIST,
  ...THE_NOTIFIERS,
  ...REMEMBERED,
  ...UNNAMED,
  ...DECIDE,
  ...FORGE,
  ...INBOXES,
]

const BOT: Tries = [
  ...ANYBODY,
  ...DIVERT_ANSWERS,
  ...THE_PERSISTERS,
  ...COMMAND,
  ...DIVERT,
  ['has the answer to a tick stored as a tick of another', divert(subjects.tick(OWN), subjects.tick(OTHER))],
  ['has the answer to a tick stored as a command', divert(subjects.tick(OWN), subjects.controlFlags)],
  ['reports for another trader', publish(subjects.tick(OTHER))],
  ['reports on a subject below its own', publish(`${subjects.tick(OWN)}.x`)],
  ['reports for all', publish('equity.tick.*')],
  ['wakes a trader', publish(subjects.control('wake', OTHER))],
  ['gives a heartbeat', publish(subjects.heartbeat)],
  ['writes a reject', publish(subjects.rejects(inputs))],
  ['listens to decisions on another', hear(subjects.traderLog(OTHER))],
  ['listens to all breaches', hear('risk.breach.*')],
  ['listens to ticks of another', hear(subjects.tick(OTHER))],
  ['listens to commands', hear(subjects.controlAll)],
  ['listens to commands of users', hear(subjects.commandsAll)],
  ['commands under its own name', publish(subjects.command('bot-own1', 'resume', OWN))],
  ['reads any message of the risk log', ask(api.readMessage(risk), { seq: 1 })],
  ['reads any message of INPUTS', ask(api.readMessage(inputs), { seq: 1 })],
  ['makes a stream', ask('$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['mine'] })],
  [
    'reads the decisions on another',
    ask(api.createFilteredConsumer(risk, 'c1', subjects.traderLog(OTHER)), consumer({ name: 'c1' })),
  ],
  ['reads all decisions', ask(api.createConsumer(risk, 'c2'), consumer({ name: 'c2' }))],
  [
    'reads its own decisions by a consumer',
    ask(api.createFilteredConsumer(risk, 'c3', mine), consumer({ name: 'c3', filter_subject: mine })),
  ],
  ['deletes a consumer', ask(api.deleteConsumer(risk, 'c3'))],
  ['takes from a consumer', ask(api.next(risk, 'c3'))],
  ['asks guardians for the newest event of another', ask(subjects.newest(OTHER))],
  ['says how a connector does, so that the real one waits', publish(subjects.connectorReport('freqtrade'))],
  ['answers those who ask for the newest event', hear(subjects.newestAll)],
]

const of = (user: Attacker, tries: Tries): readonly ForbiddenNats[] =>
  tries.map(([what, attempt]) => ({ user, what, attempt }))

/** Where an operator can have decisions pushed, and no permission forbids it. */
export const PUSHED_TO: readonly string[] = FOREIGN.filter((subject) => subject !== '_INBOX.known')

export const FORBIDDEN_NATS: readonly ForbiddenNats[] = [
  ...of('bot-own1', BOT),
  ...of('trader', [
    ...ANYBODY,
    ...THE_PERSISTERS,
    ...DIVERT,
    ['wakes a trader', publish(subjects.control('wake', OWN))],
    ['gives a heartbeat', publish(subjects.heartbeat)],
    ['writes a reject', publish(subjects.rejects(risk))],
    [
      'reads INPUTS by a consumer',
      ask(api.createConsumer(inputs, 'c1'), { stream_name: inputs, config: { name: 'c1' } }),
    ],
  ]),
  ...of('operator', [
    ...ANYBODY,
    ...THE_PERSISTERS,
    ['reports for a trader', publish(subjects.tick(OWN))],
    [
      'has the answer to a command stored as a decision',
      divert(subjects.command('operator', 'pause', OWN), subjects.out('resumed', OWN)),
    ],
    [
      'has the answer to a command stored as a command of another',
      divert(subjects.command('operator', 'pause', OWN), subjects.commandFlags('operator-ann')),
    ],
    ...UNSIGNED,
    ...['operator-ann', 'admin', HTTP_USER].flatMap(commandAs),
  ]),
  ...of('operator-ann', [...DECIDE, ...FORGE, ...UNSIGNED, ...['operator', 'admin', HTTP_USER].flatMap(commandAs)]),
  ...of('trader', [...UNSIGNED, ...['operator', 'operator-ann', 'admin'].flatMap(commandAs)]),
  // What it holds keys for is outside; here it is no more than a bot for each of its accounts.
  ...of('connector', [
    ...ANYBODY,
    ...THE_PERSISTERS,
    ...COMMAND,
    ...DIVERT,
    ['wakes a trader', publish(subjects.control('wake', OWN))],
    ['gives a heartbeat', publish(subjects.heartbeat)],
    ['writes a reject', publish(subjects.rejects(risk))],
    ['commands under its own name', publish(subjects.command('connector', 'resume', OWN))],
    ['listens to ticks', hear(subjects.tick(OWN))],
    ['listens to commands', hear(subjects.commandsAll)],
    ['reads any message of the risk log', ask(api.readMessage(risk), { seq: 1 })],
    ['reads any message of INPUTS', ask(api.readMessage(inputs), { seq: 1 })],
    ['reads decisions by a consumer', ask(api.createConsumer(risk, 'c2'), consumer({ name: 'c2' }))],
    ['answers those who ask for the newest event', hear(subjects.newestAll)],
    ['makes a stream', ask('$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['mine'] })],
  ]),
  ...of('persister', [
    ...ANYBODY,
    ...COMMAND,
    ['reports for a trader', publish(subjects.tick(OWN))],
    ['deletes its consumer', ask(api.deleteConsumer(risk, PERSISTER))],
    ['reads any message of the risk log', ask(api.readMessage(risk), { seq: 1 })],
    ['listens to decisions', hear(subjects.storedAll)],
    ['has the answer to a reject stored as a decision', divert(subjects.rejects(risk), subjects.out('resumed', OWN))],
  ]),
  // It knows what happened, and tells it outside. Nothing that it says or asks changes what is decided.
  ...of('notifier', [
    ...DESTROY,
    ...SNOOP,
    ...LIST,
    ...THE_PERSISTERS,
    ...UNNAMED,
    ...DECIDE,
    ...FORGE,
    ...COMMAND,
    ...INBOXES,
    ['reports for a trader', publish(subjects.tick(OWN))],
    ['wakes a trader', publish(subjects.control('wake', OWN))],
    ['gives a heartbeat', publish(subjects.heartbeat)],
    ['writes a reject', publish(subjects.rejects(risk))],
    ['notes what was done with a dead letter', publish(subjects.deadLetterRecord)],
    ['commands under its own name', publish(subjects.command('notifier', 'resume', OWN))],
    ['loosens the limits under its own name', publish(subjects.commandLimits('notifier'))],
    ['asks as the console', publish(subjects.notifyCommand(HTTP_USER))],
    ['says how a connector does', publish(subjects.connectorReport('freqtrade'))],
    ['listens to decisions', hear(subjects.storedAll)],
    ['listens to ticks', hear(subjects.tick(OWN))],
    ['listens to commands', hear(subjects.commandsAll)],
    ['listens to what others ask of it', hear(subjects.notifyCommandsAll)],
    ['reads any message of the risk log', ask(api.readMessage(risk), { seq: 1 })],
    ['reads any message of INPUTS', ask(api.readMessage(inputs), { seq: 1 })],
    ['reads any dead letter', ask(api.readMessage(rejects), { seq: 1 })],
    ['reads decisions by another consumer', ask(api.createConsumer(risk, 'c2'), consumer({ name: 'c2' }))],
    [
      'reads INPUTS by a consumer',
      ask(api.createConsumer(inputs, 'c1'), { stream_name: inputs, config: { name: 'c1' } }),
    ],
    [
      'has its consumer leave out events',
      ask(api.createFilteredConsumer(risk, NOTIFIER, mine), consumer({ name: NOTIFIER, filter_subject: mine })),
    ],
    ['deletes its consumer', ask(api.deleteConsumer(risk, NOTIFIER))],
    ['asks guardians for the newest event', ask(subjects.newest(OWN))],
    ['answers those who ask for the newest event', hear(subjects.newestAll)],
    ['makes a stream', ask('$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['mine'] })],
    [
      'has the answer to a message stored as a decision',
      divert(subjects.notice(CHANNEL, OWN), subjects.out('resumed', OWN)),
    ],
    [
      'has the answer to a message stored as a command',
      divert(subjects.notice(CHANNEL, OWN), subjects.commandFlags('operator-ann')),
    ],
    [
      'has the answer to a message heard as a decision',
      divert(subjects.notice(CHANNEL, OWN), subjects.event('resumed', OTHER)),
    ],
  ]),
  ...of('guardian', [...DESTROY, ...SNOOP, ...LIST, ...THE_PERSISTERS, ...UNNAMED, ...FORGE, ...COMMAND]),
  ...of('guardian', [...THE_NOTIFIERS, ...REMEMBERED]),
  ...of('guardian', [
    ['reports for a trader', publish(subjects.tick(OWN))],
    ['writes what the persister rejects', publish(subjects.rejects(risk))],
    ['listens to answers to the admin', hear('_INBOX_admin.>')],
    ['makes a stream', ask('$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['mine'] })],
  ]),
  ...of('admin', [...DESTROY.filter(([what]) => !REMOVES.includes(what)), ...SNOOP, ...THE_PERSISTERS, ...FORGE]),
  ...of('admin', THE_NOTIFIERS),
  ...of('admin', [
    ['wakes a trader', publish(subjects.control('wake', OWN))],
    ...UNNAMED,
    ...UNSIGNED,
    ...['operator', 'operator-ann', HTTP_USER].flatMap(commandAs),
    ['gives a heartbeat', publish(subjects.heartbeat)],
    ['listens to answers to the guardians', hear('_INBOX_guardian.>')],
    ['makes a stream of another name', ask('$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['mine'] })],
  ]),
]
