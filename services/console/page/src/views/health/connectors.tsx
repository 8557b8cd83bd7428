import { Age } from '../../parts/age.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import type { Health } from './health.ts'

type Connector = Health['connectors'][number]

/** What a connector does, and what it cannot do, in words. */
export function connectorInWords(one: Connector, all: readonly Connector[] = [one]): string {
  const { isCurrent, dryRun, acts, canBlock, wanted, stands, faults } = one
  if (!isCurrent) return 'is not heard any more: start the connector service, or see its log'
  if (faults.length > 0)
    return faults
      .map(({ task, reason, advice }) => `cannot ${task === 'run-alone' ? 'run alone' : task}: ${reason}; ${advice}`)
      .join(' · ')
  if (dryRun) return 'a dry run: it only says in its log what it would do'
  if (canBlock === false && !isStoppedByAnother(one, all)) {
    return 'only reads, and nothing stops its entries: the bot has to ask before each one'
  }
  if (!acts) return 'reads; the bot asks for itself'
  if (wanted !== stands) return wanted === 'blocked' ? 'is blocking entries there' : 'is allowing entries there again'
  return stands === 'blocked' ? 'entries are blocked there' : 'entries are allowed there'
}

function isStoppedByAnother({ trader }: Connector, all: readonly Connector[]): boolean {
  return all.some((other) => other.trader === trader && other.acts)
}

export function Connectors({ connectors }: Pick<Health, 'connectors'>) {
  if (connectors.length === 0) return null
  return (
    <section class="card" aria-label="Connectors">
      <h2>Connectors</h2>
      <table>
        <TableHead columns={['Connector', 'Account', number('Read'), 'State']} />
        <tbody>
          {connectors.map((one) => (
            <tr key={one.connector} data-level={one.isCurrent && one.faults.length === 0 ? 'good' : 'bad'}>
              <th scope="row">{one.connector}</th>
              <td>
                {one.trader} by {one.adapter}
              </td>
              <td class="number">{one.reading === null ? 'never' : <Age at={one.reading.at} />}</td>
              <td>{connectorInWords(one, connectors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
