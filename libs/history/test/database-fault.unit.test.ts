import { expect, test } from 'vitest'
import { codeOf, databaseFault, databaseReason, hasAdvice, isTransient } from '../src/core/database-fault.ts'

const coded = (code: string) => Object.assign(new Error('refused'), { code })

test.each([
  ['40000', 'transaction rolled back'],
  ['40001', 'serialization failure'],
  ['40003', 'not known whether the statement was completed'],
  ['40P01', 'deadlock'],
  ['55P03', 'lock not available'],
  ['72000', 'snapshot too old'],
])('%s (%s) is a lost race: the same again', (code) => {
  expect(databaseFault(coded(code))).toBe('conflict')
  expect(isTransient(coded(code))).toBe(true)
})

test.each([
  ['08000', 'connection exception'],
  ['08001', 'connection not established'],
  ['08003', 'connection does not exist'],
  ['08004', 'connection rejected'],
  ['08006', 'connection failure'],
  ['08P01', 'protocol violation, as a pooler says where it cannot log in'],
  ['25006', 'read-only: a standby, or set so'],
  ['25P03', 'idle in a transaction for too long'],
  ['25P04', 'transaction took too long'],
  ['28000', 'user refused'],
  ['28P01', 'wrong password'],
  ['3D000', 'no such database'],
  ['53000', 'insufficient resources'],
  ['53100', 'disk full'],
  ['53200', 'out of memory'],
  ['53300', 'too many connections'],
  ['53400', 'configured limit exceeded'],
  ['55000', 'object not in the state that is needed'],
  ['55006', 'object in use'],
  ['57014', 'query cancelled'],
  ['57P01', 'shut down by an operator'],
  ['57P02', 'crashed'],
  ['57P03', 'still starting'],
  ['57P04', 'database dropped'],
  ['57P05', 'idle for too long'],
  ['58000', 'system error'],
  ['58030', 'I/O error'],
  ['58P01', 'a file is missing'],
  ['F0001', 'lock file exists'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['EAI_AGAIN', 'name service away'],
  ['ECONNREFUSED', 'nobody listens'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'no route'],
  ['ENOENT', 'no such socket'],
  ['ENOTFOUND', 'name not known'],
  ['EPIPE', 'the other side has closed'],
  ['ETIMEDOUT', 'no answer'],
])('%s (%s) is waited out', (code) => {
  expect(databaseFault(coded(code))).toBe('away')
  expect(isTransient(coded(code))).toBe(true)
})

test.each([
  ['0A000', 'feature not supported'],
  ['21000', 'cardinality violation'],
  ['25P02', 'transaction already failed'],
  ['26000', 'prepared statement of another session'],
  ['3F000', 'no such schema'],
  ['42501', 'no privilege'],
  ['42601', 'syntax error'],
  ['42703', 'no such column'],
  ['42804', 'another type of column'],
  ['42883', 'no such function'],
  ['42P01', 'no such table'],
  ['42P10', 'no such key'],
  ['XX000', 'internal error'],
  ['XX001', 'data corrupted'],
  ['XX002', 'index corrupted'],
  ['ERR_INVALID_ARG_TYPE', 'a mistake in the program'],
])('%s (%s) ends the service', (code) => {
  expect(databaseFault(coded(code))).toBe('crash')
  expect(isTransient(coded(code))).toBe(false)
})

test.each([
  ['22003', 'numeric value out of range'],
  ['22008', 'time out of range'],
  ['22021', 'character not in repertoire'],
  ['22P05', 'character that cannot be kept in jsonb'],
  ['23502', 'not null violation'],
  ['23505', 'unique violation'],
  ['23514', 'check violation, or no partition'],
  ['44000', 'check option of a view'],
  ['54000', 'index row too large'],
  ['P0001', 'refused by a trigger'],
])('%s (%s) is a fault of the data', (code) => {
  expect(databaseFault(coded(code))).toBe('isolate')
  expect(isTransient(coded(code))).toBe(false)
})

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
])('"%s", which has no code, is waited out', (message) => {
  expect(databaseFault(new Error(message))).toBe('away')
})

test('what is not an error of the database or the network ends the service', () => {
  expect(databaseFault(new TypeError('undefined is not a function'))).toBe('crash')
  expect(databaseFault('a string')).toBe('crash')
  expect(codeOf('a string')).toBeNull()
})

test.each([
  ['25006', /promotion/],
  ['26000', /pooler/],
  ['28P01', /DATABASE_URL_FILE/],
  ['3D000', /create it/],
  ['42501', /right/],
  ['42703', /npm run migrate/],
  ['53100', /make room/],
  ['53300', /max_connections/],
])('%s comes with what an operator can do', (code, advice) => {
  expect(hasAdvice(coded(code))).toBe(true)
  expect(databaseReason(coded(code))).toMatch(advice)
})

test('the reason is what the database says, with its code', () => {
  expect(databaseReason(coded('57P03'))).toBe('the database says: refused (57P03)')
  expect(databaseReason(new Error('Query read timeout'))).toBe('the database says: Query read timeout')
  expect(databaseReason(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toContain('(ECONNREFUSED)')
  expect(hasAdvice(coded('57P03'))).toBe(false)
})
