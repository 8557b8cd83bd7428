import { answer } from './calls.ts'
import { failureOfCcxt } from './failure-of-ccxt.ts'
import type { Opening, Request, Response } from './messages.ts'
import { type Exchange, openExchange } from './open-exchange.ts'

/** The process of one account: it is told what to open, and then answers what it is asked. It ends with its parent. */
let opened: { readonly opening: Opening; readonly exchange: Promise<Exchange> } | null = null

process.on('message', (message: Opening | Request) => {
  if (message.kind === 'open') {
    opened = { opening: message, exchange: openExchange(message) }
    opened.exchange.catch(() => undefined)
  } else void reply(message)
})
process.on('disconnect', () => process.exit(0))

async function reply({ id, call }: Request): Promise<void> {
  if (opened === null) throw new Error('it was asked before it was opened')
  const response: Response = { id, answer: await answered(opened, call) }
  process.send?.(response)
}

async function answered({ opening, exchange }: NonNullable<typeof opened>, call: Request['call']) {
  try {
    return await answer(call, await exchange, opening)
  } catch (error) {
    return failureOfCcxt(error, null, Date.now())
  }
}
