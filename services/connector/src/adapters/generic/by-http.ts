import { formatInstant } from '@drawbridge/contracts'
import { clockOf } from '../../core/clock.ts'
import { type Failure, isFailure } from '../../core/failure.ts'
import { IN_CONFIG } from '../../core/remedies.ts'
import type { HttpAnswer } from '../../outbound/http-calls.ts'
import type { Account, Surroundings } from '../../port.ts'
import { StopNote } from '../stopping/stop-note.ts'
import { blockByNote, switchedBy } from './block-by-note.ts'
import { denialIn } from './denied.ts'
import { examinationOf } from './examine.ts'
import { flattenedBy } from './flattened.ts'
import { valueAt } from './pointer.ts'
import { readingOf } from './reading.ts'
import type { GenericSettings } from './settings.ts'

/** An account behind addresses of HTTP. */
export function accountByHttp(settings: GenericSettings, surroundings: Surroundings): Account {
  const { http, marker, trader, noteFile } = surroundings
  const token = surroundings.secret('token')
  const headers = { ...settings.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  const tell = (url: string, body: object, signal: AbortSignal) =>
    http.json({ kind: 'control', method: 'POST', url, headers, body: { marker, trader, ...body }, signal }).then(denied)
  const { equity_url: equityUrl, block_url: blockUrl, unblock_url: unblockUrl, flatten_url: flattenUrl } = settings
  return {
    async readEquity(signal) {
      if (equityUrl === undefined) return NO_EQUITY_URL
      const answer = denied(await http.json({ kind: 'read', url: equityUrl, headers, signal }))
      return isFailure(answer) ? answer : readingOf(foundIn(answer.body, settings))
    },
    ...(blockUrl === undefined || unblockUrl === undefined
      ? { block: null, unblock: null }
      : blockByNote(
          {
            async block({ reason, until }, signal) {
              const body = { reason, until: until === null ? null : formatInstant(until) }
              const answer = await tell(blockUrl, body, signal)
              return isFailure(answer) ? answer : switchedBy(fieldsOf(answer))
            },
            async unblock(signal) {
              const answer = await tell(unblockUrl, {}, signal)
              return isFailure(answer) ? answer : switchedBy(fieldsOf(answer))
            },
          },
          new StopNote(noteFile, marker, trader),
        )),
    ...(equityUrl === undefined
      ? {}
      : {
          examine: async (signal: AbortSignal) => {
            const answer = await http.json({ kind: 'read', url: equityUrl, headers, signal })
            if (isFailure(answer)) return answer
            return examinationOf(foundIn(answer.body, settings), clockOf(answer.headers.get('date')))
          },
        }),
    ...(flattenUrl === undefined
      ? {}
      : {
          flatten: async (signal: AbortSignal) => {
            const answer = await tell(flattenUrl, {}, signal)
            if (isFailure(answer)) return answer
            return flattenedBy(valueAt(answer.body, '/open'))
          },
        }),
  }
}

const NO_EQUITY_URL = {
  kind: 'refused',
  reason: 'equity_url is not set; set "reads": false',
  advice: IN_CONFIG,
} as const

function foundIn(body: unknown, settings: GenericSettings) {
  const at = (pointer: string) => ({ name: pointer, value: valueAt(body, pointer) })
  const { equity_at, balance_at, net_deposits_at, currency_at, time_at, currency } = settings
  return {
    equity: at(equity_at ?? ''),
    currency: currency_at === undefined ? { name: 'currency', value: currency } : at(currency_at),
    ...(balance_at === undefined ? {} : { balance: at(balance_at) }),
    ...(net_deposits_at === undefined ? {} : { netDeposits: at(net_deposits_at) }),
    ...(time_at === undefined ? {} : { time: at(time_at) }),
  }
}

/** An answer may be a success of HTTP around a failure. */
function denied(answer: HttpAnswer | Failure): HttpAnswer | Failure {
  if (isFailure(answer)) return answer
  const reason = denialIn(answer.body)
  return reason === null ? answer : { kind: 'temporary', reason }
}

function fieldsOf({ body }: HttpAnswer) {
  return { changed: valueAt(body, '/changed'), until: valueAt(body, '/until') }
}
