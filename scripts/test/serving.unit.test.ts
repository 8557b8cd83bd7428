import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { serving } from '../start/serving.ts'

const CONNECTORS = { bot1: { adapter: 'generic' } }
const NOTIFY = { channels: { me: { kind: 'ntfy', url: 'https://ntfy.sh/topic' } } }

function told(file: object, env: Record<string, string> = {}): string {
  const config = loadConfig(env, JSON.stringify(file))
  if (!config.ok) throw new Error(config.reason)
  return serving(config.value)
}
/** The first line, which tells the addresses. */
const addresses = (...given: Parameters<typeof told>) => told(...given).split('\n')[0]

test('a connector and a notifier that run are named with their addresses', () => {
  const env = { CONNECTOR_PORT: '8184', NOTIFIER_PORT: '8185', NATS_URL: 'nats://me:secret@127.0.0.1:4222' }
  expect(addresses({ connectors: CONNECTORS, notify: NOTIFY }, env)).toBe(
    'Serving until Ctrl-C: console http://127.0.0.1:8080, trader http://127.0.0.1:8081, ' +
      'connector http://127.0.0.1:8184, notifier http://127.0.0.1:8185, NATS nats://127.0.0.1:4222',
  )
})

test('a service that does not run is not named', () => {
  expect(addresses({})).toBe(
    'Serving until Ctrl-C: console http://127.0.0.1:8080, trader http://127.0.0.1:8081, NATS nats://127.0.0.1:4222',
  )
})

test('nobody is invited to invent equity for a trader whose account a connector reads', () => {
  expect(told({ traders: { bot1: {} }, connectors: CONNECTORS })).not.toContain('Act as a bot')
  const more = told({ traders: { bot1: {}, bot2: {} }, connectors: CONNECTORS })
  expect(more).toContain('/api/traders/bot2/equity')
  expect(more).not.toContain('/api/traders/bot1/')
  const acting = { bot1: { adapter: 'generic', reads: false } }
  expect(told({ traders: { bot1: {} }, connectors: acting })).toContain('/api/traders/bot1/equity')
})
