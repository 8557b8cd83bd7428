import type { RiskEvent } from '@drawbridge/contracts'
import { eventOfRow, type NewestRow } from '@drawbridge/history/event-of-row'
import type { Configuration } from '@drawbridge/risk-engine'
import type { ClientBase } from 'pg'
import type { KnownConfigurations } from './known-configurations.ts'
import { newestRows } from './known-history.ts'

const FAULTS_SHOWN = 10

/**
 * The last event of each trader, made of what the tables hold, by trader and a page at a time.
 * @throws at the end, where rows contradict themselves: which, and how
 */
export async function* carriedEvents(
  client: ClientBase,
  known: KnownConfigurations,
): AsyncGenerator<readonly RiskEvent[], void> {
  const configurations = new Map<number, Configuration>()
  const faults: string[] = []
  for await (const rows of newestRows(client)) {
    const events: RiskEvent[] = []
    for (const newest of rows) {
      const event = eventOfRow(newest, await configurationOf(newest, known, configurations))
      if (event.ok) events.push(event.value)
      else faults.push(`  ${newest.row.trader_id}, version ${newest.row.version}: ${event.reason}`)
    }
    yield events
  }
  if (faults.length === 0) return
  const more = faults.length > FAULTS_SHOWN ? `\n  and ${faults.length - FAULTS_SHOWN} more` : ''
  throw new Error(
    `the last event of these traders cannot be made of the tables; nothing is lost as long as the tables are there:\n` +
      `${faults.slice(0, FAULTS_SHOWN).join('\n')}${more}`,
  )
}

async function configurationOf(
  { row }: NewestRow,
  known: KnownConfigurations,
  cache: Map<number, Configuration>,
): Promise<Configuration> {
  const configuration = cache.get(row.config_version) ?? (await known.at(row.config_version))
  cache.set(row.config_version, configuration)
  return configuration
}
