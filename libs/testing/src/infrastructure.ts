import { type Choice, chooseInfrastructure } from './choose-infrastructure.ts'
import { type StartedServers, startDocker } from './docker-servers.ts'
import { startEmbedded } from './embedded-servers.ts'
import { detectTimescale, type Timescale } from './timescale.ts'
import { workerCount } from './workers.ts'

/** The servers that integration and whole-system tests run against. */
export interface Infrastructure {
  /** One for each worker that runs test files, as streams have fixed names. */
  readonly natsUrls: readonly string[]
  /** Address with a superuser, who creates a database for each test file. */
  readonly databaseUrl: string
  readonly kind: 'given' | 'docker' | 'embedded'
  readonly timescale: Timescale
}

export interface StartedInfrastructure {
  readonly infrastructure: Infrastructure
  readonly stop: () => Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>
type Say = (line: string) => void

/**
 * Chooses the servers for tests: those that `TEST_NATS_URL` and `TEST_DB_URL` name; else containers, if Docker is
 * available; else private servers. `DRAWBRIDGE_TEST_INFRA` forces `docker` or `embedded`. Prints the choice, the reason,
 * and what cannot be tested with it.
 */
export async function startInfrastructure(env: Environment, say: Say): Promise<StartedInfrastructure> {
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
    return { infrastructure: { natsUrls, databaseUrl, kind, timescale }, stop: servers.stop }
  } catch (error) {
    await servers.stop()
    throw error
  }
}

interface Started {
  readonly servers: StartedServers
  readonly kind: Infrastructure['kind']
  readonly reason: string
}

async function start(choice: Choice, workers: number, say: Say): Promise<Started> {
  const wanted = { nats: choice.natsUrl === null ? workers : 0, database: choice.databaseUrl === null }
  const { kind, reason } = choice
  if (kind === 'given') return { servers: { natsUrls: [], databaseUrl: null, stop: async () => {} }, kind, reason }
  if (kind === 'embedded') return { servers: await startEmbedded(wanted, say), kind, reason }
  try {
    return { servers: await startDocker(wanted), kind, reason }
  } catch (error) {
    if (choice.forced) throw error
    const why = `Docker is available, but its containers do not start: ${firstLine(error)}`
    return { servers: await startEmbedded(wanted, say), kind: 'embedded', reason: why }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
