import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TObject } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alpaca } from '../src/adapters/alpaca/alpaca.ts'
import { freqtrade } from '../src/adapters/freqtrade/freqtrade.ts'
import { hummingbot } from '../src/adapters/hummingbot/hummingbot.ts'
import { nofx } from '../src/adapters/nofx/nofx.ts'
import type { CallKind } from '../src/core/token-bucket.ts'
import { Pace } from '../src/outbound/pace.ts'
import type { Adapter } from '../src/port.ts'
import { FakeAlpaca } from './alpaca/fake-alpaca.ts'
import { FakeFreqtrade } from './freqtrade/fake-freqtrade.ts'
import { FakeHummingbot } from './hummingbot/fake-hummingbot.ts'
import { FakeNofx } from './nofx/fake-nofx.ts'
import { OPEN, openAlone } from './open-alone.ts'

const REQUEST = { reason: 'a loss', until: null }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-acts-first-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Knows how long the calls waited for their turn that came after {@link begin}. */
class TimedPace extends Pace {
  longestMs = 0
  #hasBegun = false

  begin(): void {
    this.#hasBegun = true
  }

  override async take(kind: CallKind, signal: AbortSignal): Promise<void> {
    const [began, isTimed] = [performance.now(), this.#hasBegun]
    await super.take(kind, signal)
    if (isTimed) this.longestMs = Math.max(this.longestMs, performance.now() - began)
  }
}

/** Makes readings until one has to wait. */
async function useUp(pace: Pace, signal: AbortSignal): Promise<void> {
  for (let isWaiting = false; !isWaiting; ) {
    isWaiting = true
    const made = () => {
      isWaiting = false
    }
    void pace.take('read', signal).then(made, () => undefined)
    await nextTurn()
  }
}

const FREQTRADE = async () => {
  const fake = await FakeFreqtrade.open()
  const settings = { url: fake.server.url, username: 'freqtrader' }
  return { fake, adapter: freqtrade, settings, secrets: { password: fake.password } }
}
const NOFX = async () => {
  const fake = await FakeNofx.open()
  const remember_in = path.join(folder, 'nofx.json')
  const of = { url: fake.server.url, email: 'me@example.com', nofx_trader: fake.id }
  return {
    fake,
    adapter: nofx,
    settings: { ...of, stop_trader: true, remember_in },
    secrets: { password: fake.password },
  }
}
const HUMMINGBOT = async () => {
  const fake = await FakeHummingbot.open()
  const of = { url: fake.server.url, username: 'admin', bot: 'bot1', kill_switch: true }
  const remember_in = path.join(folder, 'hummingbot.json')
  return { fake, adapter: hummingbot, settings: { ...of, remember_in }, secrets: { password: fake.password } }
}
const ALPACA = (more: object) => async () => {
  const fake = await FakeAlpaca.open()
  const settings = { account: 'paper', base_url: fake.server.url, ...more }
  return { fake, adapter: alpaca, settings, secrets: { key_id: 'PK123', secret_key: 'hunter2' } }
}

test.each([
  ['freqtrade', FREQTRADE],
  ['NOFX', NOFX],
  ['Hummingbot', HUMMINGBOT],
  ['Alpaca with suspend_trade', ALPACA({ suspend_trade: true })],
  ['Alpaca', ALPACA({})],
])('blocking and closing at %s do not wait behind readings', async (_who, open) => {
  const { fake, adapter: typed, settings, secrets } = await open()
  const adapter = typed as unknown as Adapter<TObject>
  const ending = new AbortController()
  const pace = new TimedPace(adapter.limits(settings as never))
  const account = openAlone(
    adapter,
    settings as never,
    secrets,
    () => OPEN,
    () => undefined,
    pace,
  )
  await useUp(pace, ending.signal)
  pace.begin()

  const answers = [await account.block?.(REQUEST, ending.signal), await account.flatten?.(ending.signal)]
  expect(answers.flatMap((answer) => answer?.kind ?? [])).toEqual(
    [account.block === null ? [] : 'blocked', account.flatten === undefined ? [] : 'flat'].flat(),
  )
  expect(pace.longestMs).toBeLessThan(500)
  ending.abort()
  await fake.close()
})
