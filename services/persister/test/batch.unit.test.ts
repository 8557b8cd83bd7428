import { expect, test } from 'vitest'
import { batchOf } from '../src/core/batch.ts'
import { columnArrays, columnNames, columnParameters } from '../src/core/columns.ts'
import { type Reading, readMessage } from '../src/core/read-message.ts'
import { messageOf, TraderLog } from './trader-log.ts'

function readingsOf(...logs: readonly TraderLog[]): readonly Reading[] {
  return logs.flatMap((log) => log.events.map((event, index) => readMessage(messageOf(event, index + 1))))
}

function logOf(trader: string, ticks: number): TraderLog {
  const log = new TraderLog(trader)
  for (let index = 0; index < ticks; index += 1) log.tick(1000 + index)
  return log
}

test('events are sorted by trader and version, whatever order they came in', () => {
  const readings = readingsOf(logOf('b', 2), logOf('a', 3)).toReversed()

  const { events } = batchOf(readings)

  expect(events.map((row) => `${row.trader_id}${row.version}`)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
})

test('the newest event of each trader goes into the snapshot, once', () => {
  const readings = readingsOf(logOf('b', 2), logOf('a', 3))

  const { newest } = batchOf([...readings, ...readings])

  expect(newest.map((row) => `${row.trader_id}${row.version}`)).toEqual(['a3', 'b2'])
})

test('readings that keep nothing leave the batch empty', () => {
  expect(batchOf([{ kind: 'nothing' }])).toEqual({ events: [], newest: [], configs: [] })
})

test('rows become one array for each column, in the order in which the statement names them', () => {
  const columns = { name: 'text', size: 'bigint' }
  const rows = [
    { size: 1, name: 'one' },
    { size: 2, name: 'two' },
  ]

  expect(columnNames(columns)).toBe('"name", "size"')
  expect(columnParameters(columns)).toBe('$1::text[], $2::bigint[]')
  expect(columnArrays<{ name: string; size: number }>(columns, rows)).toEqual([
    ['one', 'two'],
    [1, 2],
  ])
})
