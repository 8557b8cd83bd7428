import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { serving } from '../start/serving.ts'

const CONNECTORS = { bot1: { adapter: 'generic' } }
const NOTIFY = { channels: { me: { kind: 'ntfy', url: 'https://ntfy.sh/topic' } } }

/** The first line, which tells the addresses. */
function addresses(file: object, env: Record<string, string> = {}): string | undefined {
  const config = loadConfig(env, JSON.stringify(file))
  if (!config.ok) throw new Error(config.reason)
  return serving(config.value).split('\n')[0]
}

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
