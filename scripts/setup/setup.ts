import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { NatsUser } from '@drawbridge/contracts'
import { type Program, printLine, readOptions } from '@drawbridge/service-kit/program'
import { hashToken } from '@drawbridge/settings'
import { pathFrom } from '@drawbridge/settings/place'
import { checkTraderIds, install, seedIn, type Wanted } from '../nats-users/installation.ts'
import { INCLUDED } from '../nats-users/server-config.ts'
import { Folder } from './folder.ts'
import { type Owners, ownersOf, sharedIds } from './owners.ts'

const HELP = `Creates the missing parts of an installation with Docker Compose: folders for data, users of NATS and the database, secrets.
Existing ones stay. It runs automatically before everything else; run it by hand to add bots.

  docker compose run --rm setup [options]

  --bot ID           a NATS user for the bot of this trader, which uses NATS directly; may be repeated
  --without-bot ID   removes the NATS user of this bot; may be repeated
  --show-seed USER   prints the seed of one NATS user, which is a secret, and nothing else
  --data F           the folder of the installation's data (default /data)
  --help             this text

After adding or removing bots: docker compose restart nats
Exit code 0: done, 1: failed, 2: bad usage.
`

export const setup: Program = {
  help: HELP,
  async run(args, { env, cwd, stdout }) {
    const { values } = readOptions(args, {
      data: { type: 'string', default: '/data' },
      bot: { type: 'string', multiple: true, default: [] },
      'without-bot': { type: 'string', multiple: true, default: [] },
      'show-seed': { type: 'string' },
    })
    const { bot, 'without-bot': withoutBots, 'show-seed': shown } = values
    checkTraderIds([...bot, ...withoutBots])
    const data = pathFrom(cwd, values.data)
    if (shown !== undefined) {
      printLine(stdout, seedIn(path.join(data, 'secrets/nats-users'), shown))
      return 0
    }
    const owners = ownersOf(env)
    const lines = [...setUp({ data, bots: bot, withoutBots, owners }), ...sharedIds(owners)]
    for (const line of lines) printLine(stdout, line)
    return 0
  },
}

/** The users of the database, made by infra/compose/timescale/100-users.sql. */
const DATABASE_USERS = ['postgres', 'migrator', 'persister', 'reader', 'replicator'] as const
type DatabaseUser = (typeof DATABASE_USERS)[number]

/**
 * Which service gets which secrets: its NATS user and its database user. Each has its own folder, which is mounted only
 * into its containers.
 */
const SERVICES: Readonly<Record<string, { readonly nats?: NatsUser; readonly database?: DatabaseUser }>> = {
  console: { nats: 'console', database: 'reader' },
  trader: { nats: 'trader' },
  'risk-guardian': { nats: 'guardian' },
  persister: { nats: 'persister', database: 'persister' },
  connector: { nats: 'connector' },
  notifier: { nats: 'notifier' },
  migrate: { database: 'migrator' },
  provision: { nats: 'admin', database: 'reader' },
  demo: { nats: 'operator', database: 'reader' },
  drawbridge: { nats: 'admin', database: 'migrator' },
}

interface SetUp extends Pick<Wanted, 'bots' | 'withoutBots'> {
  /** The folder that holds all data of the installation. */
  readonly data: string
  readonly owners: Owners
}

const PASSWORD_BYTES = 24
const API_TOKENS = 'api-tokens.json'

/**
 * Creates the missing parts of an installation. Safe to repeat: existing secrets stay, and copies for their readers are
 * written again. Concurrent runs may conflict only in these copies, which are identical.
 * @returns what was created, one sentence each
 * @throws if a folder cannot be written or given to its owner
 */
export function setUp({ data, bots, withoutBots, owners }: SetUp): readonly string[] {
  // Not nats: that is where npm start keeps its log.
  const root = Folder.at(data)
  for (const name of ['jetstream', 'jetstream-1', 'jetstream-2', 'jetstream-3']) root.folder(name, owners.services)
  for (const name of ['timescale', 'timescale-replica']) root.folder(name, owners.database)
  root.folder('connector', owners.services)
  root.folder('prometheus', owners.prometheus)
  root.folder('grafana', owners.grafana)

  const secrets = root.folder('secrets', null, 0o711)
  const natsFolder = secrets.folder('nats-users', null)
  const users = install({ folder: natsFolder.path, bots, withoutBots, tls: null })
  const forNats = secrets.folder('nats', owners.services)
  for (const name of Object.values(INCLUDED)) forNats.write(name, natsFolder.read(name))

  const kept = secrets.folder('passwords', null)
  const secret = (name: string) => kept.once(name, () => randomBytes(PASSWORD_BYTES).toString('base64url'))
  for (const [service, { nats, database }] of Object.entries(SERVICES)) {
    const folder = secrets.folder(service, owners.services)
    if (nats !== undefined) folder.write('nats.seed', natsFolder.read(`${nats}.seed`))
    if (database !== undefined) folder.write('database-url', databaseUrl(database, secret(database)))
  }
  // Cookies are encrypted with it: a new one would log everybody out. At least 32 characters, as the setting demands.
  secrets.folder('console', owners.services).write('session-key', secret('console-session-key'))
  // The one makes the links by which people acknowledge, the other takes them.
  for (const service of ['console', 'notifier']) {
    secrets.folder(service, owners.services).write('link-key', secret('link-key'))
  }
  // It runs its own trader service.
  secrets.folder('demo', owners.services).write('trader.seed', natsFolder.read('trader.seed'))
  const forDatabase = secrets.folder('timescale', owners.database)
  for (const user of DATABASE_USERS) forDatabase.write(`${user}.password`, secret(user))
  const forReplica = secrets.folder('timescale-replica', owners.database)
  forReplica.write('pgpass', `*:*:*:replicator:${secret('replicator')}\n`)

  const scraper = secret('prometheus-token')
  secrets.folder('prometheus', owners.prometheus).write('token', scraper)
  // The services reload it when `drawbridge make-token` adds to it; it has only hashes.
  secrets.folder('http', owners.services).once(API_TOKENS, () => tokensOf('prometheus', scraper))
  secrets.folder('grafana', owners.grafana).write('admin-password', secret('grafana'))
  return users.filter(({ created }) => created).map(({ user }) => `made NATS user ${user}`)
}

function databaseUrl(user: DatabaseUser, password: string): string {
  return `postgres://${user}:${password}@timescale:5432/drawbridge`
}

/** With the role read, which `/metrics` requires. */
function tokensOf(name: string, token: string): string {
  const entry = { name, role: 'read', sha256: hashToken(token).toString('hex') }
  return `${JSON.stringify([entry], null, 2)}\n`
}
