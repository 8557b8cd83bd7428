import { readFileSync } from 'node:fs'
import { DATABASE_ROLES } from '@drawbridge/migrations'
import { SMALL_HEAP, STOP_WITHIN_MS } from '@drawbridge/service-kit'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { IMAGES } from '../pin-images/pin-images.ts'
import { ownersOf } from '../setup/owners.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
  readonly networks?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly user?: string
  readonly restart?: string
  readonly pids_limit?: string
  readonly cpus?: string
  readonly mem_limit?: string
  readonly stop_grace_period?: string
  readonly stop_signal?: string
  readonly healthcheck?: { readonly test: readonly string[]; readonly start_period: string }
  readonly build?: { readonly args: Readonly<Record<string, string>> }
}
const services: Readonly<Record<string, Service>> = parse(read('infra/compose/compose.yaml'), { merge: true }).services
/** What a variable is where nobody sets it. */
const defaultOf = (text = '') => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
/** Those that run until they are stopped. */
const lasting = Object.entries(services).filter(([, { restart }]) => restart !== 'no')

test('the containers run the images that the integration tests run on', () => {
  const used = Object.values(services).map(({ image }) => /^\$\{\w+:-(.*)\}$/.exec(image)?.[1])
  expect([...new Set(used)].sort()).toEqual(
    ['drawbridge:local', images.nats, images.timescale, images.prometheus, images.grafana].sort(),
  )
  const [, node] = /^ARG NODE_IMAGE=(.*)$/m.exec(read('Dockerfile')) ?? []
  expect(node).toBe(images.node)
  expect(defaultOf(services.setup?.build?.args.NODE_IMAGE)).toBe(images.node)
})

test('the image has the packages of each service that it runs', () => {
  const [install = ''] = /npm ci (?:.*\\\n)*.*/.exec(read('Dockerfile')) ?? []
  const workspaces = [...install.matchAll(/-w (\S+)/g)].map(([, workspace = '']) => workspace)
  const needed = workspaces.flatMap((workspace) => {
    const { name, dependencies = {} } = JSON.parse(read(`${workspace}/package.json`))
    return [name as string, ...Object.keys(dependencies)]
  })
  const programs = Object.values(services).flatMap(({ command = [] }) => [command].flat())
  const run = programs.flatMap((word) => /^services\/(.+)\/src\/main\.ts$/.exec(word)?.[1] ?? [])
  expect(new Set(run).size).toBe(6)
  for (const service of run) expect(needed).toContain(`@drawbridge/${service}`)
})

test.each(['persister', 'notifier'])('a %s is told to stay small', (name) => {
  expect(services[name]?.command?.slice(0, -1)).toEqual(SMALL_HEAP)
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

test('a connector, whose container has no other place to write to, remembers what it blocked over a restart', () => {
  const kept = services.connector?.volumes?.find((volume) => volume.endsWith(':/var/lib/drawbridge'))
  expect(defaultOf(kept)).toBe('./data/connector:/var/lib/drawbridge')
  expect(services.connector?.environment?.CONNECTOR_NOTES_FOLDER).toBe('/var/lib/drawbridge')
})

test('the database makes the groups that migrate gives rights to', () => {
  const sql = read('infra/compose/timescale/100-users.sql')
  for (const role of Object.values(DATABASE_ROLES)) expect(sql).toContain(`CREATE ROLE ${role} NOLOGIN;`)
})

test('each image of others is chosen by a variable that can be pinned to a digest', () => {
  const variables = Object.values(services).map(({ image }) => /^\$\{(\w+):-/.exec(image)?.[1])
  const { DRAWBRIDGE_IMAGE: _, ...others } = { ...Object.fromEntries(variables.map((name) => [name, true])) }
  expect(['NODE_IMAGE', ...Object.keys(others)].sort()).toEqual(Object.keys(IMAGES).sort())
})

test('no container takes all processes, cores or memory of the host', () => {
  for (const [name, { pids_limit, cpus, mem_limit }] of Object.entries(services)) {
    expect(Number(defaultOf(pids_limit)), name).toBe(512)
    // A host of one core refuses more.
    expect(Number(defaultOf(cpus)), name).toBe(1)
    expect(defaultOf(mem_limit), name).toMatch(/^\d+[mg]$/)
  }
})

test('containers run as the users that setup gives their secrets to', () => {
  const owners = ownersOf({})
  const uid = (name: string) => Number(defaultOf(services[name]?.user).split(':')[0])
  for (const name of [
    'console',
    'trader',
    'risk-guardian',
    'persister',
    'connector',
    'notifier',
    'migrate',
    'provision',
    'drawbridge',
    'demo',
    'nats',
  ])
    expect(uid(name), name).toBe(owners.services)
  for (const name of ['timescale', 'timescale-replica']) expect(uid(name), name).toBe(owners.database)
  expect(uid('prometheus')).toBe(owners.prometheus)
  expect(uid('grafana')).toBe(owners.grafana)
  // The compile cache in the image is of one user.
  const [, built] = /^ARG SERVICES_UID=(.*)$/m.exec(read('Dockerfile')) ?? []
  expect(Number(built)).toBe(owners.services)
  expect(Number(defaultOf(services.setup?.build?.args.SERVICES_UID))).toBe(owners.services)
})

test('what runs is started again, says whether it is ready, and is given the time that it needs to stop', () => {
  expect(lasting.length).toBeGreaterThan(8)
  for (const [name, { restart, healthcheck, stop_grace_period = '10s' }] of lasting) {
    expect(restart, name).toBe('unless-stopped')
    expect(healthcheck?.test[0], name).toBe('CMD')
    expect(healthcheck?.start_period, name).toBe('120s')
    if (['console', 'trader', 'risk-guardian', 'persister', 'connector', 'notifier'].includes(name)) {
      expect(Number.parseInt(stop_grace_period, 10) * 1000, name).toBeGreaterThan(STOP_WITHIN_MS)
    }
  }
  // By SIGTERM PostgreSQL waits until its clients have left.
  expect(services.timescale?.stop_signal).toBe('SIGINT')
})

test('the health check of a service asks the port that it serves', () => {
  const ports = {
    console: '8080',
    trader: '8081',
    'risk-guardian': '8082',
    persister: '8083',
    connector: '8084',
    notifier: '8085',
  }
  for (const [name, port] of Object.entries(ports)) {
    expect(services[name]?.healthcheck?.test).toEqual(['CMD', 'node', 'scripts/healthy.ts', port])
  }
})

test('the notifier runs where its profile is asked for, with its own secrets, outside of the network of the database', () => {
  const { profiles, networks, volumes = [], environment = {}, command } = services.notifier ?? {}
  expect(profiles).toEqual(['notifier'])
  expect(networks).toEqual(['front', 'log'])
  expect(volumes.map(defaultOf)).toContain('./data/secrets/notifier:/run/secrets/drawbridge:ro')
  expect(environment).not.toHaveProperty('DATABASE_URL_FILE')
  expect(command?.at(-1)).toBe('services/notifier/src/main.ts')
})

test('the image says what it is, as package.json does', () => {
  const { version, license, description } = JSON.parse(read('package.json'))
  const labels = Object.fromEntries(
    [...read('Dockerfile').matchAll(/org\.opencontainers\.image\.([\w.]+)="(.*?)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )
  expect(labels).toEqual({
    title: 'Drawbridge',
    description,
    licenses: license,
    version,
    revision: '$REVISION',
    'base.name': '$NODE_IMAGE',
  })
})
