import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TraderId } from '@drawbridge/contracts'
import { freePort, startNatsWith } from '@drawbridge/dev-stack'
import { connect, type NatsConnection, type NodeConnectionOptions, nkeyAuthenticator } from '@nats-io/transport-node'
import { install } from '../../scripts/nats-users/installation.ts'
import type { TlsFiles } from '../../scripts/nats-users/server-config.ts'

const COMMITTED = fileURLToPath(new URL('../../infra/compose/nats.conf', import.meta.url))

/** A nats-server with the committed configuration and separate users. */
export interface SecuredNats {
  readonly url: string
  readonly seedFile: (user: string) => string
  /** By user. */
  readonly publicKeys: Readonly<Record<string, string>>
  /** Connects a user; without one, nobody. */
  readonly connect: (user: string | null, options?: NodeConnectionOptions) => Promise<NatsConnection>
  /** The server's complaints, such as denied permissions. */
  readonly complaints: () => Promise<readonly string[]>
  /** Gives a user another key, by the steps of docs/security.md. */
  readonly rotate: (user: string) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts one. Only the data folder and the monitoring port differ from the configuration.
 * @param edit changes the configuration, as that of an older version
 */
export async function startSecuredNats(
  bots: readonly TraderId[],
  tls: TlsFiles | null = null,
  operators: readonly string[] = [],
  telegram = false,
  edit: (configuration: string) => string = (configuration) => configuration,
): Promise<SecuredNats> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-secured-'))
  const users = path.join(folder, 'nats')
  const installed = install({ folder: users, bots, withoutBots: [], operators, telegram, tls })
  const committed = edit(await readFile(COMMITTED, 'utf8'))
  const config = path.join(folder, 'nats.conf')
  const monitoring = await freePort()
  const pidFile = path.join(folder, 'nats.pid')
  await writeFile(
    config,
    `${committed.replace('"/data"', JSON.stringify(path.join(folder, 'data'))).replace(':8222"', `:${monitoring}"`)}
pid_file: ${JSON.stringify(pidFile)}
server_name: "drawbridge-${monitoring}"
`,
  )
  const server = await startNatsWith(config, { dataDir: folder, port: await freePort() })
  const stopAtExit = () => void server.stop()
  process.once('exit', stopAtExit)
  const seedFile = (user: string) => path.join(users, `${user}.seed`)
  return {
    url: server.url,
    seedFile,
    publicKeys: Object.fromEntries(installed.map(({ user, publicKey }) => [user, publicKey])),
    connect: async (user, options = {}) => {
      const seed = user === null ? null : await readFile(seedFile(user))
      const who = seed === null ? {} : { authenticator: nkeyAuthenticator(seed) }
      return connect({ servers: server.url, reconnect: false, ...who, ...options })
    },
    complaints: async () => {
      const log = await readFile(path.join(folder, 'nats-server.log'), 'utf8')
      return log.split('\n').filter((line) => /\[ERR\]|Violation/.test(line))
    },
    rotate: async (user) => {
      await rm(seedFile(user))
      install({ folder: users, bots, withoutBots: [], tls })
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGHUP')
    },
    close: async () => {
      process.off('exit', stopAtExit)
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
