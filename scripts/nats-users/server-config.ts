import {
  type Access,
  accessOf,
  accessOfBot,
  accessOfOperator,
  inboxPrefixes,
  jetStreamApi,
  NATS_USERS,
  type NatsUser,
  type TraderId,
} from '@drawbridge/contracts'

/** The account of the streams, and of those who write the risk log. Everybody else lives in an account of its own. */
const LOG = 'LOG'
type LogUser = keyof typeof inboxPrefixes
const LOG_USERS = NATS_USERS.filter((user): user is LogUser => user in inboxPrefixes)
const OTHER_USERS = NATS_USERS.filter((user) => !(user in inboxPrefixes))

/** The inbox of a user with an account of its own: as every client has it by default, and nobody else can hear it. */
const INBOX = '_INBOX.>'

/** Files that the server's configuration includes, in the folder beside it. */
export const INCLUDED = { users: 'users.conf', bots: 'bots.conf', tls: 'tls.conf' } as const

/** Who a user is to the server: a variable of its configuration, set in {@link INCLUDED.users}. */
function keyVariable(user: NatsUser): string {
  return `${user.toUpperCase()}_NKEY`
}

const HEADER = `# nats-server for Drawbridge: one user for each service, with the least permissions.
#
# Made by "npm run nats-users -- --write-config" from libs/contracts/src/access.ts; a test fails where the two differ. What
# belongs to one installation is in the folder nats beside this file, made by "npm run nats-users": public keys, bots, TLS.
#
# Whoever may publish may name any subject for the answer, and JetStream publishes its answer there: a user that shares the
# account of the streams could write into the log that way. So only those who write the log live in that account. Everybody
# else has one of its own, which imports what it may use, and into which all answers to it go. See docs/security.md.

listen: "0.0.0.0:4222"
# Health (/healthz) and monitoring, for this machine or container alone: it tells who is connected.
http: "127.0.0.1:8222"
max_payload: 1MB

jetstream {
  store_dir: "/data"
  # What is acknowledged is on disk, also when the power fails.
  sync_interval: always
}

include nats/${INCLUDED.users}
include nats/${INCLUDED.tls}
`

/** The whole configuration of a server, as it is committed. */
export function serverConfig(): string {
  // What one user may do, exports permit to any: its account imports its own part of it.
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

/** Whether it is a command under one name: what any user may say under its own covers it. */
function isOfOneName(subject: string): boolean {
  return accessOfOperator(subject.split('.')[1] ?? '').publish.includes(subject) && subject.startsWith('command.')
}

/** The public keys of an installation. */
export function usersConfig(keys: Readonly<Record<NatsUser, string>>): string {
  const lines = NATS_USERS.map((user) => `${keyVariable(user)}: ${keys[user]}`)
  return `# Public keys, by "npm run nats-users".\n${lines.join('\n')}\n`
}

/** One account for each bot, by its trader id, and for each operator with a name of its own. */
export function namedConfig(bots: ReadonlyMap<TraderId, string>, operators: ReadonlyMap<string, string>): string {
  const accounts = [
    ...[...bots].map(([trader, key]) => accountBlock(`"bot-${trader}"`, key, accessOfBot(trader))),
    ...[...operators].map(([user, key]) => accountBlock(`"${user}"`, key, accessOfOperator(user))),
  ]
  return [
    '# Bots that speak NATS themselves, by "npm run nats-users -- --bot <trader id>", and operators with a name of their',
    '# own, by "npm run nats-users -- --operator <name>".',
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
  ]
  return block(name, [list('users', [userBlock(key, access, INBOX)]), list('imports', imports)])
}

function userBlock(key: string, { publish, except, hear }: Access, inbox: string): string {
  const lines = [strings('allow', publish), ...(except.length === 0 ? [] : [strings('deny', except)])]
  return `{
  nkey: ${key}
${indent(block('permissions', [block('publish', lines), strings('subscribe', [inbox, ...hear])]))}
}`
}

/** A request for messages is answered by many; every other question by one answer. */
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
