import { setTimeout as delay } from 'node:timers/promises'
import { getContainerRuntimeClient } from 'testcontainers'

export interface Choice {
  /** From the environment; null: start one. */
  readonly natsUrl: string | null
  readonly databaseUrl: string | null
  /** How missing servers are started; `given`: none is missing. */
  readonly kind: 'given' | 'docker' | 'embedded'
  readonly forced: boolean
  readonly reason: string
}

const DOCKER_ANSWERS_WITHIN_MS = 10_000

/** @throws when `DRAWBRIDGE_TEST_INFRA` is neither `docker` nor `embedded`. */
export async function chooseInfrastructure(env: Readonly<Record<string, string | undefined>>): Promise<Choice> {
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
