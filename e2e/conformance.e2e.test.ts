import { spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CLIENTS, type Client } from './conformance/bot-process.ts'
import { SCENARIOS } from './conformance/scenarios.ts'
import { System } from './conformance/system.ts'

const traderOf = (client: Client, scenario: string) => `${client.name}-${scenario}`

let system: System

beforeAll(async () => {
  const traders = CLIENTS.flatMap((client) =>
    SCENARIOS.map(({ name, traders: tradersOf = (id) => ({ [id]: {} }) }) => tradersOf(traderOf(client, name))),
  )
  system = await System.start(Object.assign({}, ...traders))
})
afterEach(() => system.disconnectAll())
afterAll(() => system?.stop())

describe.each(CLIENTS)('the client in $name, by $door:', (client) => {
  const isMissing = spawnSync(client.command[0], ['--version']).error !== undefined
  if (isMissing) console.log(`skipped: the client in ${client.name}, because this machine has no ${client.command[0]}`)

  const scenarios = SCENARIOS.map((scenario) => [scenario.is, scenario] as const)
  test.skipIf(isMissing).each(scenarios)('%s', (_is, { name, run }) =>
    run({ system, client, trader: traderOf(client, name) }),
  )
})

test('each scenario has a name of its own, as its trader has', () => {
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length)
})
