import { type ConnectorReport, encodeConnectorReport, formatInstant } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import type { Happened } from '../src/core/take-notices.ts'
import { ConnectorReports } from '../src/inbound/connector-reports.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const BLOCK_FAILS: ConnectorReport['faults'] = [
  { task: 'block', kind: 'refused', reason: 'it answers 403', advice: 'see the key', since: formatInstant(NOON) },
]
const message = (run: string, more: Partial<ConnectorReport>) => ({
  data: encodeConnectorReport({
    connector: 'bot1',
    adapter: 'generic',
    trader: 'bot1',
    instance: 'here-1',
    run,
    reads: true,
    acts: true,
    dryRun: false,
    wanted: 'blocked',
    stands: null,
    reading: null,
    faults: [],
    ...more,
  }),
})

test('a fault of the process that does the work is told, though one that waits says that it has none', async () => {
  let now = NOON
  const taken: Happened[] = []
  const desk = { take: async (_trader: string | null, happened: Happened) => void taken.push(happened) }
  const reports = new ConnectorReports(desk, [], () => now)
  for (; now <= NOON + 30_000; now += 3_000) {
    reports.onReport(message('first', { faults: BLOCK_FAILS }))
    reports.onReport(message('second', { waits: true }))
    await reports.tell()
  }
  expect(taken.map(({ notices }) => notices.map(({ facts }) => facts.reason))).toEqual([['it answers 403']])
})
