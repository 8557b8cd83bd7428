import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { expect, test } from 'vitest'
import { natsAway } from '../src/inbound/nats-away.ts'

const answer = (code: number, err_code: number) => new JetStreamApiError({ code, err_code, description: 'said so' })

test('a stream that is missing is waited for, saying how to make it', () => {
  expect(natsAway(answer(404, 10_059))).toMatch(/RISK does not exist.*npm run provision/)
})

test.each([
  ['a consumer that is not there yet', answer(404, 10_014)],
  ['a server without room', answer(503, 10_023)],
  ['a cluster without a leader', answer(503, 10_008)],
])('%s is waited for', (_, error) => {
  expect(natsAway(error)).toMatch(/JetStream cannot serve: said so/)
})

test.each([
  ['no answer', new errors.TimeoutError()],
  ['nobody who answers', new errors.NoRespondersError('subject')],
  ['a connection that is closed', new errors.ClosedConnectionError()],
  ['a pull that was ended', new JetStreamError('consumer deleted')],
  ['a server without JetStream yet', Object.assign(new Error('not enabled'), { name: 'JetStreamNotEnabled' })],
])('%s is waited for', (_, error) => {
  expect(natsAway(error)).toMatch(/NATS cannot be reached/)
})

test.each([
  ['a request that the server does not take', answer(400, 10_025)],
  ['a mistake in the program', new TypeError('undefined is not a function')],
  ['no error at all', 'a string'],
])('%s is no outage', (_, error) => {
  expect(natsAway(error)).toBeNull()
})
