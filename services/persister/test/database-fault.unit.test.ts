import { expect, test } from 'vitest'
import { databaseFault } from '../src/core/database-fault.ts'

const coded = (code: string) => Object.assign(new Error('refused'), { code })

test.each([
  ['08006', 'connection failure'],
  ['25006', 'read-only standby'],
  ['3D000', 'database not created yet'],
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
  ['53100', 'disk full'],
  ['53300', 'too many connections'],
  ['55P03', 'lock not available'],
  ['57014', 'query cancelled'],
  ['57P01', 'shut down by an operator'],
  ['57P03', 'still starting'],
  ['58030', 'I/O error'],
  ['ECONNREFUSED', 'nobody listens'],
  ['ECONNRESET', 'connection reset'],
  ['ENOTFOUND', 'name not known'],
])('%s (%s) is tried again', (code) => {
  expect(databaseFault(coded(code))).toBe('retry')
})

test.each([
  ['21000', 'cardinality violation'],
  ['25P02', 'transaction already failed'],
  ['28P01', 'wrong password'],
  ['42501', 'no privilege'],
  ['42601', 'syntax error'],
  ['42703', 'no such column'],
  ['42P01', 'no such table'],
  ['XX001', 'data corrupted'],
  ['ERR_INVALID_ARG_TYPE', 'a mistake in the program'],
])('%s (%s) ends the service', (code) => {
  expect(databaseFault(coded(code))).toBe('crash')
})

test.each([
  ['22003', 'numeric value out of range'],
  ['22008', 'time out of range'],
  ['22021', 'character not in repertoire'],
  ['22P05', 'character that cannot be kept in jsonb'],
  ['23502', 'not null violation'],
  ['23514', 'check violation, or no partition'],
  ['54000', 'index row too large'],
  ['P0001', 'refused by a trigger'],
])('%s (%s) is a fault of the data', (code) => {
  expect(databaseFault(coded(code))).toBe('isolate')
})

test.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])(
  '"%s", which has no code, is tried again',
  (message) => {
    expect(databaseFault(new Error(message))).toBe('retry')
  },
)

test('what is not an error of the database or the network ends the service', () => {
  expect(databaseFault(new TypeError('undefined is not a function'))).toBe('crash')
  expect(databaseFault('a string')).toBe('crash')
})
