import { messageOf, TraderLog } from '@drawbridge/testing/trader-log'
import { expect, test } from 'vitest'
import { batchOf } from '../src/core/batch.ts'
import { type Reading, readMessage } from '../src/core/read-message.ts'

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
