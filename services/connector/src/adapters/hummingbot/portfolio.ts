import { parseTickAmount, printable } from '@drawbridge/contracts'
import type { ReadAnswer } from '../../port.ts'
import { isRecord } from '../generic/is-record.ts'

export interface Counted {
  readonly account: string
  readonly connectors: readonly string[]
  readonly ignored: readonly string[]
  readonly currency: string
}

/**
 * The sum of what the connectors hold. Hummingbot answers with an empty list where an exchange failed, and with a price of 0
 * where it found none: both would be losses that never were, so neither is a reading.
 */
export function readingOfPortfolio(body: unknown, { account, connectors, ignored, currency }: Counted): ReadAnswer {
  const held = field(body, account)
  if (!isRecord(held)) return unusable(`Hummingbot has no account "${account}"`)
  let equity = 0n
  for (const connector of connectors) {
    const tokens = field(held, connector)
    if (!Array.isArray(tokens)) return unusable(`the account "${account}" has no connector "${connector}"`)
    if (tokens.length === 0) {
      return unusable(`"${connector}" has no balances, which Hummingbot also says where the exchange failed`)
    }
    for (const token of tokens) {
      const value = worthOf(token, ignored)
      if (typeof value === 'string') return unusable(`"${connector}": ${value}`)
      equity += value
    }
  }
  return { kind: 'reading', reading: { equity, currency } }
}

/** In words why not. */
function worthOf(entry: unknown, ignored: readonly string[]): bigint | string {
  const token = field(entry, 'token')
  if (typeof token !== 'string') return 'a balance does not name its token'
  if (ignored.includes(token)) return 0n
  const name = printable(token, 40)
  const amounts = ['units', 'value'].map((one) => ({ one, read: parseTickAmount(field(entry, one)) }))
  for (const { one, read } of amounts) if (!read.ok) return `${one} of ${name} ${read.reason}`
  const [units = 0n, value = 0n] = amounts.map(({ read }) => (read.ok ? read.value : 0n))
  if (units !== 0n && value === 0n) {
    return `${name} has no price; name it in "ignore_tokens" if it is worth nothing`
  }
  return value
}

function field(of: unknown, name: string): unknown {
  return isRecord(of) && Object.hasOwn(of, name) ? of[name] : undefined
}

function unusable(reason: string): ReadAnswer {
  return { kind: 'unusable', reason }
}
