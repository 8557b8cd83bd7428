import { formatBytes, formatCount, UNKNOWN } from '../../formats/amounts.ts'
import { zoneName } from '../../formats/times.ts'
import { Moment } from '../../parts/moment.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import { zone } from '../../store/preferences.ts'
import type { Health } from './health.ts'

/** How much room the logs take, and how much there is. */
export function Streams({ health: { streams, storage } }: { readonly health: Health }) {
  return (
    <section class="card" aria-label="Logs">
      <h2>Logs</h2>
      <table>
        <TableHead columns={['Log', number('Messages'), number('Size'), 'Last message']} />
        <tbody>
          {streams.map(({ stream, messages, bytes, bytesMax, lastAt }) => (
            <tr key={stream}>
              <th scope="row">{stream}</th>
              <td class="number">{formatCount(messages)}</td>
              <td class="number">
                {formatBytes(bytes)}
                {bytesMax !== null && ` of ${formatBytes(bytesMax)}`}
              </td>
              <td>{lastAt === null ? UNKNOWN : <Moment at={lastAt} timeZone={zoneName(zone.value, null)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {storage !== null && (
        <p class="quiet">
          Together {formatBytes(storage.bytes)}
          {storage.bytesMax === null
            ? '; NATS sets no limit'
            : ` of the ${formatBytes(storage.bytesMax)} that NATS allows`}
          .
        </p>
      )}
    </section>
  )
}
