import { expect, test } from 'vitest'
import { chooseInfrastructure } from '../src/infrastructure.ts'

const NATS = 'nats://127.0.0.1:4222'
const DATABASE = 'postgres://127.0.0.1:5432/test'

test.each(['docker', 'embedded'] as const)('%s is taken where it is forced, without asking Docker', async (forced) => {
  expect(await chooseInfrastructure({ DRAWBRIDGE_TEST_INFRA: forced })).toMatchObject({
    natsUrl: null,
    databaseUrl: null,
    kind: forced,
    forced: true,
  })
})

test('servers that are both given are taken, whatever is forced', async () => {
  const env = { TEST_NATS_URL: NATS, TEST_DB_URL: DATABASE }
  const given = { natsUrl: NATS, databaseUrl: DATABASE, kind: 'given', forced: false }
  expect(await chooseInfrastructure(env)).toMatchObject(given)
  expect(await chooseInfrastructure({ ...env, DRAWBRIDGE_TEST_INFRA: 'docker' })).toMatchObject(given)
})

test('if one server is given, only the other one is started', async () => {
  const env = { TEST_NATS_URL: NATS, TEST_DB_URL: '', DRAWBRIDGE_TEST_INFRA: 'embedded' }
  expect(await chooseInfrastructure(env)).toMatchObject({ natsUrl: NATS, databaseUrl: null, kind: 'embedded' })
})

test.each(['podman', 'Docker', ' '])('"%s" is refused with what is possible, servers given or not', async (forced) => {
  const refusal = `DRAWBRIDGE_TEST_INFRA must be "docker" or "embedded", got ${JSON.stringify(forced)}`
  const env = { DRAWBRIDGE_TEST_INFRA: forced }
  await expect(chooseInfrastructure(env)).rejects.toThrow(refusal)
  await expect(chooseInfrastructure({ ...env, TEST_NATS_URL: NATS, TEST_DB_URL: DATABASE })).rejects.toThrow(refusal)
})
