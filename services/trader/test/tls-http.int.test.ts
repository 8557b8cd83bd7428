import { request } from 'node:https'
import path from 'node:path'
import {
  type Certificates,
  eventually,
  infrastructure,
  makeCertificates,
  type ServiceHere,
  spawnService,
  startHere,
} from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTrader } from '../src/start-trader.ts'

const TOKEN = 'operate-operate-operate-operate-'

let scene: Scene
let certificates: Certificates
let trader: ServiceHere

beforeAll(async () => {
  scene = await Scene.open({ traders: { bot1: {} } })
  certificates = await makeCertificates(['localhost', '127.0.0.1'])
  const write = (name: string, text: string) => scene.writeFile(name, text)
  const config = { traders: { bot1: {} } }
  await write('tls.json', JSON.stringify(config))
  const env = {
    NATS_URL: infrastructure().natsUrl,
    // Beyond loopback, as TLS is for.
    TRADER_HOST: '0.0.0.0',
    API_TOKENS_FILE: await write('tokens.json', JSON.stringify([{ name: 'bot1', role: 'operate', token: TOKEN }])),
    HTTP_TLS_CERT_FILE: await write('cert.pem', certificates.server.cert),
    HTTP_TLS_KEY_FILE: await write('key.pem', certificates.server.key),
  }
  trader = await startHere(startTrader, env, config)
})
afterAll(async () => {
  await trader.stop()
  await scene.close()
})

async function post(ca: string, options: object = {}): Promise<number | undefined> {
  const { port } = new URL(await trader.url())
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/api/traders/bot1/equity',
        headers,
        ca,
        agent: false,
        ...options,
      },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.on('error', reject)
    sent.end('{"equity": 1000}')
  })
}

test('a bot that trusts the authority reports equity over TLS', async () => {
  expect(await post(certificates.ca.cert)).toBe(202)

  await eventually(async () => (await scene.ticks('bot1')).length === 1, { what: 'the tick' })
})

test('a bot that trusts another authority is told by its own TLS', async () => {
  const other = await makeCertificates(['127.0.0.1'])

  await expect(post(other.ca.cert)).rejects.toThrow(/certificate/)
})

test('TLS older than 1.2 is refused', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }

  await expect(post(certificates.ca.cert, old)).rejects.toThrow(/protocol|version|alert/i)
})

test('plain HTTP gets nothing', async () => {
  await expect(fetch(`${await trader.url()}/livez`)).rejects.toThrow('fetch failed')
})

test('a service beyond loopback without a token ends its start', async () => {
  const refused = spawnService('trader', {
    NATS_URL: infrastructure().natsUrl,
    CONFIG_FILE: path.join(scene.folder, 'tls.json'),
    TRADER_HOST: '0.0.0.0',
  })

  expect(await refused.exited).toEqual({ code: 1, signal: null })
})
