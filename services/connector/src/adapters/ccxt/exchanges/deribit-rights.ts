import { createHmac, randomBytes } from 'node:crypto'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, Keys, Rights } from './exchange-line.ts'

const UNKNOWN: Rights = { read: null, trade: null, withdraw: null }

/** Deribit tells what a key may do only when it signs in; a signature does so without sending the secret. */
export async function rightsOfDeribit(ask: Ask, { api_key: id = '', api_secret: secret = '' }: Keys): Promise<Rights> {
  const [timestamp, nonce] = [String(Date.now()), randomBytes(8).toString('hex')]
  const signature = createHmac('sha256', secret).update(`${timestamp}\n${nonce}\n`).digest('hex')
  const signed = { grant_type: 'client_signature', client_id: id, timestamp, nonce, signature }
  const scope = valueAt(await ask('publicGetAuth', signed), '/result/scope')
  const named = typeof scope === 'string' ? scope.split(' ') : []
  if (!named.some((one) => one.startsWith('account:'))) return UNKNOWN
  return {
    read: named.some((one) => one.startsWith('account:read')),
    trade: named.includes('trade:read_write'),
    withdraw: named.includes('wallet:read_write'),
  }
}
