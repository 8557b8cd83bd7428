import { expect, test } from 'vitest'
import { ExchangeProcess } from '../../src/adapters/ccxt/exchange-process.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

const open = () => ExchangeScene.open('bybit', FAKES.bybit.secrets)
const answer = FAKES.bybit.routes['GET /v5/account/wallet-balance'] ?? {}

test('an exchange that never answers is abandoned, and the next question is answered by a new process', async () => {
  const scene = await open()
  const asked = Promise.withResolvers<void>()
  scene.fake.on('GET /v5/account/wallet-balance', () => {
    asked.resolve()
    return new Promise(() => undefined)
  })
  const ending = new AbortController()
  const first = scene.account.readEquity(ending.signal)
  await asked.promise
  ending.abort()
  expect(await first).toEqual({ kind: 'temporary', reason: 'its process does not answer in time' })

  scene.fake.on('GET /v5/account/wallet-balance', answer)
  expect(await scene.read()).toMatchObject({ kind: 'reading' })
  await scene.close()
})

test('an answer without end ends that process alone, and the next question is answered by a new one', async () => {
  const scene = await open()
  scene.fake.on('GET /v5/account/wallet-balance', { body: `{"a": [${'{"b": 1}, '.repeat(12_000_000)}{}]}` })
  expect(await scene.read()).toMatchObject({ kind: 'temporary', reason: expect.stringContaining('its process ended') })

  scene.fake.on('GET /v5/account/wallet-balance', answer)
  expect(await scene.read()).toMatchObject({ kind: 'reading' })
  await scene.close()
})

test('a process that ends again and again is not started without end', async () => {
  const process = new ExchangeProcess({
    kind: 'open',
    settings: { exchange: 'bybit' },
    keys: {},
    marker: 'drawbridge:x',
  })
  for (let start = 0; start < 5; start += 1) {
    const ending = new AbortController()
    const reading = process.ask('read', ending.signal)
    ending.abort()
    await reading
  }
  const failure = await process.ask('read', new AbortController().signal)

  expect(failure).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('was started 5 times within a minute'),
  })
})
