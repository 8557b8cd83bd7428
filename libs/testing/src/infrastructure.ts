import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort, type PrivateServer, startPrivateNats, startPrivatePostgres } from '@drawbridge/dev-stack'
import { getContainerRuntimeClient } from 'testcontainers'
import { detectTimescale, type Timescale } from './databases.ts'
import { type StartedServers, startDocker, type WantedServers } from './docker-servers.ts'
import { workerCount } from './test-run.ts'

/** The servers that integration and whole-system tests run against. */
export interface Infrastructure {
  /** One for each worker that runs test files, as streams have fixed names. */
  readonly natsUrls: readonly string[]
  /** Address with a superuser, who creates a database for each test file. */
  readonly databaseUrl: string
  readonly kind: 'given' | 'docker' | 'embedded'
  readonly timescale: Timescale
}

interface Choice {
  /** From the environment; null: start one. */
  readonly natsUrl: string | null
  readonly databaseUrl: string | null
  /** How missing servers are started; `given`: none is missing. */
  readonly kind: Infrastructure['kind']
  readonly forced: boolean
  readonly reason: string
}

type Environment = Readonly<Record<string, string | undefined>>
type Say = (line: string) => void

const DOCKER_ANSWERS_WITHIN_MS = 10_000

/**
 * Chooses the servers for tests: those that `TEST_NATS_URL` and `TEST_DB_URL` name; else containers, if Docker is
 * available; else private servers. `DRAWBRIDGE_TEST_INFRA` forces `docker` or `embedded`. Prints the choice, the reason,
 * and what cannot be tested with it.
 */
export async function startInfrastructure(env: Environment, say: Say) {
  const choice = await chooseInfrastructure(env)
  const { servers, kind, reason } = await start(choice, workerCount(env), say)
  try {
    const databaseUrl = choice.databaseUrl ?? servers.databaseUrl ?? ''
    const natsUrls = choice.natsUrl === null ? servers.natsUrls : [choice.natsUrl]
    const timescale = await detectTimescale(databaseUrl).catch((error) => {
      const which = choice.databaseUrl === null ? 'that was started' : 'that TEST_DB_URL names'
      throw new Error(`the database ${which} cannot be used: ${firstLine(error)}`, { cause: error })
    })
    const given = [choice.natsUrl && 'TEST_NATS_URL', choice.databaseUrl && 'TEST_DB_URL'].filter(Boolean).join(' and ')
    say(`test infrastructure: ${[given, kind === 'given' ? '' : `${kind} (${reason})`].filter(Boolean).join(', ')}`)
    if (timescale === 'none') say('skipped: hypertable checks, because this PostgreSQL has no TimescaleDB')
    if (timescale === 'apache') {
      say('skipped: columnstore and continuous aggregates, because this TimescaleDB is the Apache edition')
    }
    const infrastructure: Infrastructure = { natsUrls, databaseUrl, kind, timescale }
    return { infrastructure, stop: servers.stop }
  } catch (error) {
    await servers.stop()
    throw error
  }
}

/** @throws when `DRAWBRIDGE_TEST_INFRA` is neither `docker` nor `embedded`. */
export async function chooseInfrastructure(env: Environment): Promise<Choice> {
  const natsUrl = env.TEST_NATS_URL || null
  const databaseUrl = env.TEST_DB_URL || null
  const forced = env.DRAWBRIDGE_TEST_INFRA || null
  if (forced !== null && forced !== 'docker' && forced !== 'embedded') {
    throw new Error(`DRAWBRIDGE_TEST_INFRA must be "docker" or "embedded", got ${JSON.stringify(forced)}`)
  }
  const given = { natsUrl, databaseUrl }
  if (natsUrl !== null && databaseUrl !== null) return { ...given, kind: 'given', forced: false, reason: '' }
  if (forced !== null) return { ...given, kind: forced, forced: true, reason: 'as DRAWBRIDGE_TEST_INFRA says' }
  if (await dockerAnswers()) return { ...given, kind: 'docker', forced: false, reason: 'Docker is available' }
  return { ...given, kind: 'embedded', forced: false, reason: 'Docker is not available' }
}

async function dockerAnswers(): Promise<boolean> {
  const answer = getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  return Promise.race([answer, delay(DOCKER_ANSWERS_WITHIN_MS, false, { ref: false })])
}

async function start(choice: Choice, workers: number, say: Say) {
  const wanted = { nats: choice.natsUrl === null ? workers : 0, database: choice.databaseUrl === null }
  const { kind, reason } = choice
  if (kind === 'given') return { servers: { natsUrls: [], databaseUrl: null, stop: async () => {} }, kind, reason }
  if (kind === 'embedded') return { servers: await startEmbedded(wanted, say), kind, reason }
  try {
    return { servers: await startDocker(wanted), kind, reason }
  } catch (error) {
    if (choice.forced) throw error
    const why = `Docker is available, but its containers do not start: ${firstLine(error)}`
    return { servers: await startEmbedded(wanted, say), kind: 'embedded' as const, reason: why }
  }
}

/** Starts private servers in a temporary folder. @throws when one does not start; then none is left running. */
async function startEmbedded(wanted: WantedServers, log: Say): Promise<StartedServers> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-test-'))
  const started: PrivateServer[] = []
  const stop = async () => {
    for (const server of started) await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  const startWith = async (start: typeof startPrivateNats, folder: string) => {
    const server = await start({ dataDir: path.join(dataDir, folder), port: await freePort(), log })
    started.push(server)
    return server.url
  }
  try {
    const natsUrls: string[] = []
    while (natsUrls.length < wanted.nats) {
      natsUrls.push(await startWith(startPrivateNats, `nats-${natsUrls.length + 1}`))
    }
    const databaseUrl = wanted.database ? await startWith(startPrivatePostgres, 'database') : null
    return { natsUrls, databaseUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
