import type { Ask, Rights } from './exchange-line.ts'
import { listAt } from './place.ts'

const UNKNOWN: Rights = { read: null, trade: null, withdraw: null }

/** The rights of the key by their names, like `query-funds` and `withdraw-funds`. Without the one that reads, the names are others. */
export async function rightsOfKraken(ask: Ask): Promise<Rights> {
  const listed = listAt(await ask('privatePostGetApiKeyInfo'), '/result/permissions') ?? []
  const named = listed.map((one) => String(one).toLowerCase())
  if (!named.includes('query-funds')) return UNKNOWN
  return {
    read: true,
    trade: named.includes('modify-trades'),
    withdraw: named.some((one) => one.startsWith('withdraw')),
  }
}
