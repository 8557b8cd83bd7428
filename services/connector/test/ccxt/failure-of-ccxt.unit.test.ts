import { expect, test } from 'vitest'
import { failureOfCcxt, wordsOf } from '../../src/adapters/ccxt/process/failure-of-ccxt.ts'

class ExchangeError extends Error {}
class AuthenticationError extends ExchangeError {}
class PermissionDenied extends AuthenticationError {}
class AccountNotEnabled extends PermissionDenied {}
class OperationFailed extends Error {}
class NetworkError extends OperationFailed {}
class RateLimitExceeded extends NetworkError {}
class ExchangeNotAvailable extends NetworkError {}
class OnMaintenance extends ExchangeNotAvailable {}
class InvalidNonce extends NetworkError {}
class BadResponse extends OperationFailed {}
class NullResponse extends BadResponse {}

test.each([
  ['AuthenticationError', AuthenticationError, 'refused', 'it does not accept the key'],
  ['AccountNotEnabled', AccountNotEnabled, 'refused', 'the key may not do this'],
  ['RateLimitExceeded', RateLimitExceeded, 'rate-limited', 'too many requests'],
  ['OnMaintenance', OnMaintenance, 'temporary', 'it is under maintenance'],
  ['NetworkError', NetworkError, 'temporary', 'it cannot be reached'],
  ['InvalidNonce', InvalidNonce, 'temporary', 'set the clock of this machine'],
  ['NullResponse', NullResponse, 'unusable', 'its answer is empty'],
  ['ExchangeError', ExchangeError, 'unusable', 'it answers with an error'],
  ['TypeError', TypeError, 'temporary', 'the call failed'],
])('%s of ccxt is a failure of the port', (_name, Thrown, kind, words) => {
  expect(failureOfCcxt(new Thrown('x said y'), null, 0)).toMatchObject({ kind, reason: expect.stringContaining(words) })
})

test('the wait that the exchange asks for is kept, however its header is written', () => {
  const error = new RateLimitExceeded('slow down')
  expect(failureOfCcxt(error, { 'Retry-After': '3' }, 0)).toMatchObject({ retryAfterMs: 3_000 })
  expect(failureOfCcxt(error, {}, 0)).toMatchObject({ retryAfterMs: null })
})

test('neither signatures nor pages are told, and nothing without end', () => {
  const told = wordsOf(
    'x GET https://h/v1/account?timestamp=1&signature=abc 503 <html><title> Back\nsoon </title><p>long</p></html>',
  )
  expect(told).toBe('x GET https://h/v1/account 503 a page, "Back soon"')
  expect(wordsOf('a'.repeat(5_000))).toHaveLength(200)
})
