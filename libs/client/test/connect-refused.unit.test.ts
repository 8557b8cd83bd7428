import { expect, test } from 'vitest'
import { connectTrader } from '../src/connect-trader.ts'

test.each([undefined, '', 'http://127.0.0.1:8080'])('no bot waits for ever for the NATS server %j', async (natsUrl) => {
  await expect(connectTrader('bot1', { natsUrl } as { readonly natsUrl: string })).rejects.toThrow(
    'natsUrl must be an address like "nats://127.0.0.1:4222", got ',
  )
})

test.each(['', 'ünï', 'a.b'])('no bot is connected under the id %j', async (id) => {
  await expect(connectTrader(id, { natsUrl: 'nats://127.0.0.1:4222' })).rejects.toThrow('trader id')
})
