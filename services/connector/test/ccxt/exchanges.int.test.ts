import { expect, test } from 'vitest'
import { EXCHANGES, exchangeNames } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

/** Exchanges that tell their time. */
const CLOCK = 1_767_225_600_000

test.each(exchangeNames())(
  'the equity of %s is read by the real ccxt, and shown beside its own fields',
  async (name) => {
    const { secrets, settings, routes, reading, rights } = FAKES[name]
    const scene = await ExchangeScene.open(name, secrets, settings)
    try {
      for (const [route, answer] of Object.entries(routes)) scene.fake.on(route, answer)
      expect(await scene.read()).toEqual({ kind: 'reading', reading })

      const examined = await scene.examine()
      const [read, trade, withdraw] = rights
      expect(examined).toMatchObject({ rights: { read, trade, withdraw }, notes: EXCHANGES[name].notes })
      expect(examined).toHaveProperty('fields', expect.arrayContaining([[expect.any(String), expect.any(String)]]))
      if (examined !== undefined && 'clock' in examined && examined.clock !== null) expect(examined.clock).toBe(CLOCK)
      // Nobody else was asked, and nothing was changed.
      const changing = scene.fake.asked.filter(({ method, path }) => method !== 'GET' && !(path in READ_BY_POST))
      expect(changing).toEqual([])
    } finally {
      await scene.close()
    }
  },
)

const READ_BY_POST = { '/info': true, '/0/private/Balance': true }
