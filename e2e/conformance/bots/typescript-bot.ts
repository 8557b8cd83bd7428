import { createInterface } from 'node:readline'
import { connectTrader } from '@drawbridge/client'

const { TRADER = '', URL: natsUrl = '', LEASE_MS = '', OBEYS = '' } = process.env
const obeys = OBEYS === '' ? [] : [OBEYS]

const log = { info: () => undefined, warn: () => undefined, error: console.error }
const trader = await connectTrader(TRADER, { natsUrl, obeys, leaseMs: Number(LEASE_MS), lookEveryMs: 500, log })
const heard: string[] = []
trader.onBreach(() => heard.push('breach'))
trader.onResume(() => heard.push('resume'))

interface Order {
  readonly report?: readonly number[]
  readonly ask?: 'enter' | 'reduce'
}

function obey({ report, ask }: Order): unknown {
  if (report !== undefined) {
    for (const equity of report) trader.report(equity)
    return null
  }
  if (ask === undefined) return heard
  const { allowed, code } = trader.gate.canTrade(ask)
  return { allowed, code }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(obey(JSON.parse(line) as Order)))
}
await trader.close()
