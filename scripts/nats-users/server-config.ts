import {
  type Access,
  accessOf,
  accessOfBot,
  accessOfOperator,
  accessOfTelegram,
  inboxPrefixes,
  jetStreamApi,
  NATS_USERS,
  type NatsUser,
  TELEGRAM_USER,
  type TraderId,
} from '@drawbridge/contracts'

/** The account of the streams, and of the users who write the risk log. Every other user has its own account. */
const LOG = 'LOG'
type LogUser = keyof typeof inboxPrefixes
const LOG_USERS = NATS_USERS.filter((user): user is LogUser => user in inboxPrefixes)
const OTHER_USERS = NATS_USERS.filter((user) => !(user in inboxPrefixes))

/** The inbox of a user with its own account: the default of every client, and private because of the account. */
const INBOX = '_INBOX.>'

/** Files that the server's configuration includes, in the folder beside it. */
export const INCLUDED = { users: 'users.conf', bots: 'bots.conf', tls: 'tls.conf' } as const

/** The public key of a user: a variable of the server's configuration, set in {@link INCLUDED.users}. */
function keyVariable(user: NatsUser): string {
  return `${user.toUpperCase()}_NKEY`
}

const HEADER = `# nats-server for Drawbridge: one user for each service, with the least permissions.
#
# Written by "npm run nats-users -- --write-config" from libs/contracts/src/access.ts; a test checks that they agree. The
# parts of one installation are in the folder nats beside this file, made by "npm run nats-users": public keys, bots, TLS.
#
# A user who may publish can name any reply subject, and JetStream publishes its answer there: a user in the account of the
# streams could write into the log that way. So only users who may write the log are in that account. Every other user has
# its own account, which imports the permitted subjects and receives all its answers. See docs/security.md.

listen: "0.0.0.0:4222"
# Health (/healthz) and monitoring, only for this machine or container: it shows who is connected.
http: "127.0.0.1:8222"
max_payload: 1MB

jetstream {
  store_dir: "/data"
  # Acknowledged messages are on disk, even if the power fails.
  sync_interval: always
}

include nats/${INCLUDED.users}
include nats/${INCLUDED.tls}
`

/** The whole committed configuration of a server. */
export function serverConfig(): string {
  // Exports permit everybody everything that some user may do; each account imports only its own part.
  const anybody = [accessOfBot('*'), accessOfOperator('*')].flatMap(({ publish }) => publish)
  const services = OTHER_USERS.flatMap((user) => accessOf(user).publish).filter((subject) => !isOfOneName(subject))
  const exported = new Set([...services, ...anybody])
  const heard = new Set([...OTHER_USERS.flatMap((user) => accessOf(user).hear), ...accessOfBot('*').hear])
  const exports = [...[...exported].map(serviceExport), ...[...heard].map((subject) => `{ stream: "${subject}" }`)]
  const users = LOG_USERS.map((user) => userBlock(`$${keyVariable(user)}`, accessOf(user), `${inboxPrefixes[user]}.>`))
  const log = block(LOG, ['jetstream: enabled', list('users', users), list('exports', exports)])
  const others = OTHER_USERS.map((user) => accountBlock(user.toUpperCase(), `$${keyVariable(user)}`, accessOf(user)))
  return `${HEADER}\n${block('accounts', [log, ...others, `include nats/${INCLUDED.bots}`])}\n`
}

/** Whether it is a command under one name: covered by the export for all names. */
function isOfOneName(subject: string): boolean {
  return accessOfOperator(subject.split('.')[1] ?? '').publish.includes(subject) && subject.startsWith('command.')
}

/** The public keys of an installation. */
export function usersConfig(keys: Readonly<Record<NatsUser, string>>): string {
  const lines = NATS_USERS.map((user) => `${keyVariable(user)}: ${keys[user]}`)
  return `# Public keys, by "npm run nats-users".\n${lines.join('\n')}\n`
}

/** One account for each bot, by its trader id, for each operator with its own name, and for resumes in Telegram if any. */
export function namedConfig(
  bots: ReadonlyMap<TraderId, string>,
  operators: ReadonlyMap<string, string>,
  telegram: string | null,
): string {
  const accounts = [
    ...[...bots].map(([trader, key]) => accountBlock(`"bot-${trader}"`, key, accessOfBot(trader))),
    ...[...operators].map(([user, key]) => accountBlock(`"${user}"`, key, accessOfOperator(user))),
    ...(telegram === null ? [] : [accountBlock(TELEGRAM_USER, telegram, accessOfTelegram)]),
  ]
  return [
    '# Bots that use NATS directly, by "npm run nats-users -- --bot <trader id>", and operators with their',
    '# own name, by "npm run nats-users -- --operator <name>"; the notifier as who resumes in Telegram, by --telegram.',
    ...accounts,
    '',
  ].join('\n')
}

export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** Given: clients must show a certificate of it. */
  readonly clientCa: string | null
}

/** @param files paths as the server sees them; null: plain text */
export function tlsConfig(files: TlsFiles | null): string {
  const head =
    '# TLS, by "npm run nats-users -- --tls-cert ... --tls-key ..."; without it the connection is plain text.\n'
  if (files === null) return head
  const { cert, key, clientCa } = files
  const lines = [`cert_file: ${JSON.stringify(cert)}`, `key_file: ${JSON.stringify(key)}`]
  if (clientCa !== null) lines.push(`ca_file: ${JSON.stringify(clientCa)}`, 'verify: true')
  return `${head}${block('tls', lines)}\n`
}

function accountBlock(name: string, key: string, access: Access): string {
  const imports = [
    ...access.publish.map((subject) => `{ service: { account: ${LOG}, subject: "${subject}" } }`),
    ...access.hear.map((subject) => `{ stream: { account: ${LOG}, subject: "${subject}" } }`),
    // The server passes on nothing that came from a third account, so it is taken from its own.
    ...(access.hearsOf ?? []).map(
      ({ user, subject }) => `{ stream: { account: ${user.toUpperCase()}, subject: "${subject}" } }`,
    ),
  ]
  const exports = (access.tells ?? []).map((subject) => `{ stream: "${subject}", accounts: [${hearersOf(subject)}] }`)
  const told = exports.length === 0 ? [] : [list('exports', exports)]
  return block(name, [list('users', [userBlock(key, access, INBOX)]), ...told, list('imports', imports)])
}

/** The accounts of those who may hear what a user tells. */
function hearersOf(told: string): string {
  const hearers = OTHER_USERS.filter((user) => accessOf(user).hearsOf?.some(({ subject }) => subject === told))
  return hearers.map((user) => user.toUpperCase()).join(', ')
}

function userBlock(key: string, access: Access, inbox: string): string {
  const { publish, except, hear, tells = [], hearsOwn = [], hearsOf = [] } = access
  const heard = new Set([...hear, ...hearsOwn, ...hearsOf.map(({ subject }) => subject)])
  const lines = [strings('allow', [...publish, ...tells]), ...(except.length === 0 ? [] : [strings('deny', except)])]
  return `{
  nkey: ${key}
${indent(block('permissions', [block('publish', lines), strings('subscribe', [inbox, ...heard])]))}
}`
}

/** A request for messages has many answers; every other request has one. */
function serviceExport(subject: string): string {
  const isAnsweredByMany = subject.startsWith(jetStreamApi.next('', '').replace(/\.+$/, '.'))
  return `{ service: "${subject}"${isAnsweredByMany ? ', response_type: stream' : ''} }`
}

function block(name: string, entries: readonly string[]): string {
  return `${name} {\n${entries.map(indent).join('\n')}\n}`
}

function list(name: string, entries: readonly string[]): string {
  return `${name}: [\n${entries.map(indent).join('\n')}\n]`
}

function strings(name: string, values: readonly string[]): string {
  return list(
    name,
    values.map((value) => `"${value}"`),
  )
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}
