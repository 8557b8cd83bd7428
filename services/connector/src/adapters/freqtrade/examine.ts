import { type Failure, isFailure } from '../../core/failure.ts'
import type { Examination } from '../../port.ts'
import type { FreqtradeApi } from './freqtrade-api.ts'
import { balanceIn, isFields, openTradesIn } from './read-shapes.ts'

/** What a person compares before anything depends on it. */
export async function examineFreqtrade(api: FreqtradeApi, signal: AbortSignal): Promise<Examination | Failure> {
  const config = await api.call('GET', '/show_config', signal)
  if (isFailure(config)) return config
  const balance = await api.get('/balance', balanceIn, signal)
  if (isFailure(balance)) return balance
  const trades = await api.get('/status', openTradesIn, signal)
  if (isFailure(trades)) return trades
  const shown = isFields(config.body) ? config.body : {}
  const date = config.headers.get('date')
  return {
    fields: [
      ['version', String(shown.version ?? 'not told')],
      [
        'exchange',
        `${String(shown.exchange)} ${String(shown.trading_mode ?? 'spot')}${shown.dry_run === true ? ', dry run' : ''}`,
      ],
      ['state', String(shown.state)],
      ['/balance total', `${String(balance.value.total)} ${balance.value.stake}`],
      ['/balance total_bot', `${String(balance.value.total_bot ?? 'not told')} ${balance.value.stake}`],
      ['/status open trades', String(trades.value.length)],
      ['/status profit_abs', trades.value.map(({ pair, profit_abs }) => `${pair} ${String(profit_abs)}`).join(', ')],
    ],
    clock: date === null || Number.isNaN(Date.parse(date)) ? null : Date.parse(date),
    // Its password can do everything that freqtrade can; it hands no key of the exchange out.
    rights: { read: true, trade: true, withdraw: false },
    notes: notesOn(shown),
  }
}

function notesOn(shown: Readonly<Record<string, unknown>>): readonly string[] {
  const notes: string[] = []
  if (shown.state !== 'running') notes.push('freqtrade is not running, so that it neither trades nor closes positions')
  if (shown.position_adjustment_enable === true) {
    notes.push('position_adjustment_enable is on: a lock does not stop orders that add to an open trade')
  }
  if (shown.force_entry_enable === true) {
    notes.push('force_entry_enable is on: a lock does not stop entries that a person forces')
  }
  return notes
}
