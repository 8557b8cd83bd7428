import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { NATS_USERS, type NatsUser, parseTraderId, TELEGRAM_USER, type TraderId } from '@drawbridge/contracts'
import { UsageError } from '@drawbridge/service-kit/program'
import { nkeys } from '@nats-io/transport-node'
import { INCLUDED, namedConfig, type TlsFiles, tlsConfig, usersConfig } from './server-config.ts'

/** A user of an installation: its public key, and where its secret is. */
export interface InstalledUser {
  readonly user: string
  readonly publicKey: string
  readonly seedFile: string
  /** False if the seed existed already: it is kept, so that its users stay connected. */
  readonly created: boolean
}

export interface Wanted {
  /** The folder beside the server's configuration. */
  readonly folder: string
  /** Bots to add; existing ones stay. */
  readonly bots: readonly TraderId[]
  readonly withoutBots: readonly TraderId[]
  /** Operators to add, by their names; existing ones stay. None if not given. */
  readonly operators?: readonly string[]
  readonly withoutOperators?: readonly string[]
  /** Whether to make a user for resumes in Telegram; null: as before, and none at first. */
  readonly telegram?: boolean | null
  /** Null: no change; initially plain text. */
  readonly tls: TlsFiles | null
}

const SEED = '.seed'
const BOT = 'bot-'
const OPERATOR = 'operator-'

/**
 * Creates the missing parts of an installation: a seed for each user, in a file that only its owner can read, and the files
 * that the server's configuration includes. Safe to repeat.
 * @throws if the folder cannot be written, or holds an invalid seed
 */
export function install(wanted: Wanted): readonly InstalledUser[] {
  const { folder, bots, withoutBots, operators = [], withoutOperators = [], telegram = null, tls } = wanted
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const bot of withoutBots) rmSync(path.join(folder, `${BOT}${bot}${SEED}`), { force: true })
  for (const name of withoutOperators) rmSync(path.join(folder, `${OPERATOR}${name}${SEED}`), { force: true })
  const telegramSeed = path.join(folder, `${TELEGRAM_USER}${SEED}`)
  if (telegram === false) rmSync(telegramSeed, { force: true })
  const services = NATS_USERS.map((user) => seedOf(folder, user))
  const keptBots = kept(folder, BOT, bots)
  const botUsers = keptBots.map((bot) => seedOf(folder, `${BOT}${bot}`))
  const operatorUsers = kept(folder, OPERATOR, operators).map((name) => seedOf(folder, `${OPERATOR}${name}`))
  const telegramUsers = telegram === true || existsSync(telegramSeed) ? [seedOf(folder, TELEGRAM_USER)] : []
  const keys = Object.fromEntries(services.map(({ user, publicKey }) => [user, publicKey])) as Record<NatsUser, string>
  const botKeys = new Map(keptBots.map((bot, index) => [bot, botUsers[index]?.publicKey ?? '']))
  const operatorKeys = new Map(operatorUsers.map(({ user, publicKey }) => [user, publicKey]))
  writeFileSync(path.join(folder, INCLUDED.users), usersConfig(keys))
  writeFileSync(
    path.join(folder, INCLUDED.bots),
    namedConfig(botKeys, operatorKeys, telegramUsers[0]?.publicKey ?? null),
  )
  const tlsFile = path.join(folder, INCLUDED.tls)
  if (tls !== null || !existsSync(tlsFile)) writeFileSync(tlsFile, tlsConfig(tls))
  return [...services, ...botUsers, ...operatorUsers, ...telegramUsers]
}

/** Those with existing seeds, and those to add. */
function kept(folder: string, prefix: string, added: readonly string[]): readonly string[] {
  const there = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith(SEED))
    .map((name) => name.slice(prefix.length, -SEED.length))
    .filter((name) => parseTraderId(name).ok)
  return [...new Set([...there, ...added])].sort()
}

function seedOf(folder: string, user: string): InstalledUser {
  const seedFile = path.join(folder, `${user}${SEED}`)
  try {
    // 'wx': two concurrent runs must not create two different seeds.
    const pair = nkeys.createUser()
    writeFileSync(seedFile, pair.getSeed(), { mode: 0o600, flag: 'wx' })
    return { user, publicKey: pair.getPublicKey(), seedFile, created: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return { user, publicKey: publicKeyIn(seedFile), seedFile, created: false }
  }
}

/** @throws never quotes the file */
function publicKeyIn(seedFile: string): string {
  try {
    return nkeys.fromSeed(Buffer.from(readFileSync(seedFile, 'utf8').trim())).getPublicKey()
  } catch {
    throw new Error(`${seedFile} does not hold the seed of a user; remove it to get a new one`)
  }
}

/** The secret of one user. @throws if it has none */
export function seedIn(folder: string, user: string): string {
  return readFileSync(path.join(folder, `${path.basename(user)}${SEED}`), 'utf8').trim()
}

/** @throws {UsageError} if one is not a trader id */
export function checkTraderIds(ids: readonly string[]): void {
  for (const id of ids) {
    const trader = parseTraderId(id)
    if (!trader.ok) throw new UsageError(trader.reason)
  }
}
