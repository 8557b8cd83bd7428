import { readFileSync } from 'node:fs'
import { DATABASE_ROLES } from '@drawbridge/migrations'
import { SMALL_HEAP } from '@drawbridge/service-kit'
import images from '@drawbridge/test-kit/images.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
}
const services: Readonly<Record<string, Service>> = parse(read('infra/compose/compose.yaml'), { merge: true }).services

test('the containers run the images that the integration tests run on', () => {
  const used = Object.values(services).map(({ image }) => /^\$\{\w+:-(.*)\}$/.exec(image)?.[1])
  expect([...new Set(used)].sort()).toEqual(
    ['drawbridge:local', images.nats, images.timescale, images.prometheus, images.grafana].sort(),
  )
  const [, node] = /^ARG NODE_IMAGE=(.*)$/m.exec(read('Dockerfile')) ?? []
  expect(node).toBe(images.node)
  expect(read('infra/compose/compose.yaml')).toContain(`\${NODE_IMAGE:-${images.node}}`)
})

test('a persister is told to stay small', () => {
  expect(services.persister?.command?.slice(0, -1)).toEqual(SMALL_HEAP)
})

test('each service is given the secrets of itself alone', () => {
  const mounted = Object.entries(services).flatMap(([name, { volumes = [] }]) =>
    volumes
      .map((volume) => /\/secrets\/([\w-]+):/.exec(volume)?.[1])
      .filter((folder) => folder !== undefined && folder !== 'http')
      .map((folder) => [name.replace(/^nats-\d$/, 'nats'), folder]),
  )
  expect(mounted.length).toBeGreaterThan(10)
  for (const [name, folder] of mounted) expect(folder).toBe(name)
})

test('the database makes the groups that migrate gives rights to', () => {
  const sql = read('infra/compose/timescale/100-users.sql')
  for (const role of Object.values(DATABASE_ROLES)) expect(sql).toContain(`CREATE ROLE ${role} NOLOGIN;`)
})
