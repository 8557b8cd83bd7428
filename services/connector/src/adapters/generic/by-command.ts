import { formatInstant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Account, Surroundings } from '../../port.ts'
import { StopNote } from '../stopping/stop-note.ts'
import { blockByNote, switchedBy } from './block-by-note.ts'
import { type CommandAnswer, CommandProcess } from './command-process.ts'
import { denialIn, inWords } from './denied.ts'
import { examinationOf } from './examine.ts'
import { flattenedBy } from './flattened.ts'
import { readingOf } from './reading.ts'
import type { GenericSettings } from './settings.ts'

/** An account behind a program that answers lines of JSON. */
export function accountByCommand(
  command: readonly string[],
  { can = [], currency }: GenericSettings,
  { marker, trader, noteFile, wake, take }: Surroundings,
): Account {
  const process = new CommandProcess(command, wake)
  const ask = async (call: string, fields: object, signal: AbortSignal) => {
    await take(call === 'equity' ? 'read' : 'control', signal)
    return failedIn(await process.ask(call, { marker, trader, ...fields }, signal))
  }
  return {
    async readEquity(signal) {
      const answer = await ask('equity', {}, signal)
      return isFailure(answer) ? answer : readingOf(foundIn(answer.body, currency))
    },
    ...(can.includes('block')
      ? blockByNote(
          {
            async block({ reason, until }, signal) {
              const answer = await ask('block', { reason, until: until === null ? null : formatInstant(until) }, signal)
              return isFailure(answer) ? answer : switchedBy(answer.body)
            },
            async unblock(signal) {
              const answer = await ask('unblock', {}, signal)
              return isFailure(answer) ? answer : switchedBy(answer.body)
            },
          },
          new StopNote(noteFile, marker, trader),
        )
      : { block: null, unblock: null }),
    ...(can.includes('flatten')
      ? {
          flatten: async (signal: AbortSignal) => {
            const answer = await ask('flatten', {}, signal)
            return isFailure(answer) ? answer : flattenedBy(answer.body.open)
          },
        }
      : {}),
    async examine(signal) {
      const answer = await ask('equity', {}, signal)
      return isFailure(answer) ? answer : examinationOf(foundIn(answer.body, currency), null)
    },
    close: () => process.close(),
  }
}

function foundIn(body: Readonly<Record<string, unknown>>, currency: string | undefined) {
  const at = (name: string) => ({ name: `"${name}"`, value: body[name] })
  const optional = (name: string) => (body[name] === undefined ? undefined : at(name))
  return Object.fromEntries(
    Object.entries({
      equity: at('equity'),
      currency: body.currency === undefined ? { name: '"currency"', value: currency } : at('currency'),
      balance: optional('balance'),
      netDeposits: optional('net_deposits'),
      time: optional('at'),
    }).filter(([, place]) => place !== undefined),
  ) as unknown as Parameters<typeof readingOf>[0]
}

const KINDS = ['temporary', 'rate-limited', 'refused', 'unusable'] as const

/** An answer with an `error` is a failure, of the `kind` that it names, and so is one that denies otherwise. */
function failedIn(answer: CommandAnswer): Exclude<CommandAnswer, Failure> | Failure {
  if (isFailure(answer)) return answer
  const hasError = answer.body.error !== undefined && answer.body.error !== null
  const denied = denialIn(answer.body)
  if (!hasError) return denied === null ? answer : { kind: 'temporary', reason: denied }
  const { error, kind: named, retry_after_ms: after } = answer.body
  const kind = KINDS.find((one) => one === named) ?? 'temporary'
  const reason = inWords(error)
  return kind === 'rate-limited'
    ? { kind, retryAfterMs: typeof after === 'number' ? after : null, reason }
    : { kind, reason }
}
