import { isPushed } from '@drawbridge/nats'
import { headers } from '@nats-io/transport-node'
import { expect, test } from 'vitest'

const described = headers()
described.set('Drawbridge-Settled', '5')

test.each([
  ['a message that was published', {}, false],
  ['one that waits for an answer', { reply: '_INBOX.x' }, false],
  ['one with headers', { headers: described }, false],
  ['one that a consumer pushed', { reply: '$JS.ACK.RISK.c.1.2.1.5.0' }, true],
  ['an idle heartbeat of a consumer', { headers: headers(100, 'Idle Heartbeat') }, true],
])('%s', (_what, message, pushed) => {
  expect(isPushed(message)).toBe(pushed)
})
