import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { configOf } from '@drawbridge/settings'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { settlePorts } from '../start/ports.ts'

const PORTS = ['CONSOLE_PORT', 'TRADER_PORT', 'RISK_GUARDIAN_PORT', 'PERSISTER_PORT']

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'drawbridge-ports-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

async function settle(env: Record<string, string>, file: object = {}) {
  writeFileSync(path.join(cwd, 'config.json'), JSON.stringify(file))
  const place = { env, cwd }
  return { faults: await settlePorts(configOf(place), place), env }
}

/** A port on which somebody listens while the work is done. */
async function whileTaken<T>(work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const { port } = server.address() as { port: number }
  const done = await work(port)
  server.close()
  return done
}

test('each service gets a port of its own, also where 0 is written', async () => {
  const { faults, env } = await settle({ CONSOLE_PORT: '0' })
  expect(faults).toEqual([])
  const ports = PORTS.map((name) => Number(env[name]))
  expect(new Set(ports).size).toBe(4)
  expect(ports.every((port) => port > 0)).toBe(true)
})

test('a port that is written is kept', async () => {
  const port = await whileTaken(async (free) => free)
  expect(await settle({}, { trader: { port } })).toMatchObject({ faults: [], env: { TRADER_PORT: String(port) } })
})

test('a port that is written and taken is told with its place, and so is one that two services have', async () => {
  const { port, faults } = await whileTaken(async (taken) => ({
    port: taken,
    ...(await settle({ CONSOLE_PORT: String(taken) }, { persister: { port: taken } })),
  }))
  expect(faults).toEqual([
    `CONSOLE_PORT: another program listens on 127.0.0.1:${port}; stop it, or set another port`,
    `persister.port in config.json: port ${port} is that of CONSOLE_PORT, too; set another one`,
  ])
})

test('an address that this machine does not have is told with its setting', async () => {
  const { faults } = await settle({ TRADER_HOST: '192.0.2.1', TRADER_PORT: '18081' })
  expect(faults).toEqual(['TRADER_HOST: 192.0.2.1 is no address of this machine; set one that is'])
})
