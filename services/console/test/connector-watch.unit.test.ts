import { type ConnectorReport, encodeConnectorReport } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { ConnectorWatch } from '../src/inbound/connector-watch.ts'

const REPORT: ConnectorReport = {
  connector: 'bot1',
  adapter: 'freqtrade',
  trader: 'bot1',
  instance: 'here-1',
  reads: true,
  acts: true,
  dryRun: false,
  wanted: 'open',
  stands: 'open',
  reading: null,
  faults: [],
}
const message = (more: Partial<ConnectorReport> = {}) => ({ data: encodeConnectorReport({ ...REPORT, ...more }) })

test('a connector that tells no more is remembered as that', () => {
  const watch = new ConnectorWatch()
  watch.onReport(message({ connector: 'b' }), 1_000)
  watch.onReport(message({ connector: 'a' }), 14_000)
  expect(watch.all(17_000)).toMatchObject([
    { connector: 'a', heardAt: 14_000, isCurrent: true },
    { connector: 'b', heardAt: 1_000, isCurrent: false },
  ])
})

test('the newest report counts, and what is no report changes nothing', () => {
  const watch = new ConnectorWatch()
  watch.onReport(message(), 0)
  watch.onReport(message({ stands: 'blocked' }), 1)
  watch.onReport({ data: new TextEncoder().encode('{"connector": 5}') }, 2)
  expect(watch.all(3)).toMatchObject([{ connector: 'bot1', stands: 'blocked' }])
})

test('a process that leaves the work to another one says nothing of the connector', () => {
  const watch = new ConnectorWatch()
  watch.onReport(message({ stands: 'blocked' }), 0)
  watch.onReport(message({ stands: null, waits: true }), 1)
  watch.onReport(message({ connector: 'b', waits: true }), 1)
  expect(watch.all(2)).toMatchObject([{ connector: 'bot1', stands: 'blocked' }])
})

test('however many names somebody makes up, memory has a bound', () => {
  const watch = new ConnectorWatch()
  for (let i = 0; i < 10_100; i += 1) watch.onReport(message({ connector: `c${i}` }), 0)
  expect(watch.all(0)).toHaveLength(10_000)
})
