import { printable } from '@drawbridge/contracts'
import { clockOf } from '../../core/clock.ts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { HttpAnswer } from '../../outbound/http-calls.ts'
import type { Examination } from '../../port.ts'
import { isRecord } from '../generic/is-record.ts'
import { valueAt } from '../generic/pointer.ts'
import type { Parts } from '../stopping/block-by-stop.ts'

/** @param switches of the controllers; null: this connector does not use them */
export function examinationOf(portfolio: HttpAnswer, account: string, switches: Parts | Failure | null): Examination {
  return {
    fields: [...balancesOf(valueAt(portfolio.body, `/${account}`)), ...switchesOf(switches)],
    clock: clockOf(portfolio.headers.get('date')),
    rights: { read: true, trade: true, withdraw: null },
    notes: [
      'The user of the Hummingbot API may do everything there: its keys at the exchanges decide about withdrawals.',
      switches === null
        ? 'A block changes nothing in Hummingbot, because kill_switch is not set: entries go on there.'
        : 'A block turns the kill switch of each controller on: within some 10 s the bot enters nothing, and closes what its executors hold.',
    ],
  }
}

function balancesOf(held: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(held)) return []
  return Object.entries(held).flatMap(([connector, tokens]) =>
    (Array.isArray(tokens) ? tokens : []).map((token: unknown) => {
      const told = ['units', 'price', 'value'].map((name) => `${name} ${String(valueAt(token, `/${name}`))}`)
      return [printable(`${connector} ${String(valueAt(token, '/token'))}`), printable(told.join(', '))] as const
    }),
  )
}

function switchesOf(switches: Parts | Failure | null): readonly (readonly [string, string])[] {
  if (switches === null) return []
  if (isFailure(switches)) return [['manual_kill_switch', switches.reason]]
  return [
    ...switches.running.map((name) => [`${printable(name)} manual_kill_switch`, 'false'] as const),
    ...switches.stopped.map((name) => [`${printable(name)} manual_kill_switch`, 'true'] as const),
  ]
}
