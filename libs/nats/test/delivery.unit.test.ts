import { expect, test } from 'vitest'
import { deliveryOf } from '../src/stream-message.ts'

const TOLD = '1.4711.12.1773307800123999872.5'

test.each([
  ['as servers tell it', `$JS.ACK.INPUTS.guardian-1.${TOLD}`],
  ['with the domain and the account', `$JS.ACK.hub.AbC.INPUTS.guardian-1.${TOLD}`],
  ['with more behind it', `$JS.ACK._.AbC.INPUTS.guardian-1.${TOLD}.xyz`],
])('a delivery is read %s', (_, reply) => {
  expect(deliveryOf(reply, 'guardian-1')).toEqual({
    seq: 4711,
    delivery: 12,
    times: 1,
    time: 1_773_307_800_123,
    pending: 5,
  })
})

test.each([
  '',
  '_INBOX.abc',
  `$JS.ACK.INPUTS.guardian-2.${TOLD}`,
  '$JS.ACK.INPUTS.guardian-1.1.4711.12',
  '$JS.ACK.INPUTS.guardian-1',
])('what is no delivery is refused: %s', (reply) => {
  expect(() => deliveryOf(reply, 'guardian-1')).toThrow('is not an acknowledgement subject of the consumer guardian-1')
})
