import { Writable } from 'node:stream'
import { Gate } from '@drawbridge/client'
import { createLogger } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Connector } from '../src/connector.ts'
import { readConnectorSetups } from '../src/connector-setups.ts'
import { OtherProcesses } from '../src/core/other-process.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('each line of a connector names the connector and its trader once', async () => {
  const lines: string[] = []
  const output = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(line.toString())
      done()
    },
  })
  const bot = { adapter: 'generic', command: ['cat'], can: ['block'], reads: false, trader: 'main' }
  const config = loadConfig({}, JSON.stringify({ connectors: { bot1: bot } }))
  if (!config.ok) throw new Error(config.reason)
  const setups = readConnectorSetups(config.value)
  const setup = setups.ok ? setups.value[0] : undefined
  if (setup === undefined) throw new Error('the connector is not configured')
  const parts = {
    setup,
    gate: new Gate(setup.config.trader, 5_000, 1_000),
    outbox: null,
    others: new OtherProcesses({ run: 'own', instance: 'here-1', startedAt: 0 }),
    dryRun: true,
    atLeastEveryMs: 1_000,
    currency: null,
    notesFolder: '',
    log: createLogger('test', 'info', output),
    onFaults: () => undefined,
  }
  const stopping = new AbortController()
  const running = new Connector(parts, stopping.signal).run()
  // It hears no guardian, so it would block.
  await vi.advanceTimersByTimeAsync(10_000)
  stopping.abort()
  await vi.runAllTimersAsync()
  await running

  const acted = lines.filter((line) => line.includes('dry run: would act'))
  expect(acted).toHaveLength(1)
  expect(acted[0]?.match(/"connector":"bot1"/g)).toHaveLength(1)
  expect(acted[0]?.match(/"trader":"main"/g)).toHaveLength(1)
})
