import { useState } from 'preact/hooks'
import { Age } from '../../parts/age.tsx'
import { Deliveries } from '../../parts/deliveries.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { number, TableHead, unseen } from '../../parts/table-head.tsx'
import { pathOf } from '../../store/route.ts'
import { mayAct } from '../../store/session.ts'
import { alertInWords, type OpenAlert, SYSTEM, type Taken, whoseInWords } from './alerts.ts'
import { Outcome } from './outcome.tsx'
import { useAsking } from './use-asking.ts'

interface OpenAlertsProps {
  readonly alerts: readonly OpenAlert[]
  /** How many go on; more than are shown, if there are very many. */
  readonly inAll: number
  readonly look: () => Promise<void>
}

/** What goes on until it is over, and is told again until somebody acknowledges it. */
export function OpenAlerts({ alerts, inAll, look }: OpenAlertsProps) {
  const { isBusy, outcome, give } = useAsking<Taken>(look, ({ reason }) =>
    reason === null ? 'Acknowledged: it is not told again. Nothing is resumed by that.' : `It is kept: ${reason}.`,
  )
  const [shown, setShown] = useState<OpenAlert | null>(null)
  return (
    <section class="card" aria-labelledby="open-alerts">
      <h2 id="open-alerts">Open alerts</h2>
      {alerts.length === 0 ? (
        <p class="quiet">Nothing goes on that people must know.</p>
      ) : (
        <table>
          <TableHead columns={['Whose', 'What', number('For'), 'Acknowledged', unseen('Messages')]} />
          <tbody>
            {alerts.map((alert) => (
              <AlertRow
                key={`${alert.trader} ${alert.key}`}
                alert={alert}
                isBusy={isBusy}
                onAcknowledge={() => void give('/api/notify/acknowledge', { trader: alert.trader, alert: alert.key })}
                onShow={() => setShown(alert)}
              />
            ))}
          </tbody>
        </table>
      )}
      {inAll > alerts.length && (
        <p class="quiet">
          {inAll} alerts go on. The {alerts.length} most urgent are shown.
        </p>
      )}
      <Outcome outcome={outcome} />
      {shown !== null && (
        <Dialog title={`${whoseInWords(shown.trader)}: ${alertInWords(shown)}`} onClose={() => setShown(null)}>
          <Deliveries trader={shown.trader} version={shown.version} timeZone={undefined} />
        </Dialog>
      )}
    </section>
  )
}

interface AlertRowProps {
  readonly alert: OpenAlert
  readonly isBusy: boolean
  readonly onAcknowledge: () => void
  readonly onShow: () => void
}

function AlertRow({ alert, isBusy, onAcknowledge, onShow }: AlertRowProps) {
  const { trader, severity, openedAt, isSilenced, acknowledged } = alert
  const words = alertInWords(alert)
  const of = `${words}, ${whoseInWords(trader)}`
  return (
    <tr data-severity={severity}>
      <th scope="row">{trader === SYSTEM ? 'Drawbridge' : <a href={pathOf('traders', trader)}>{trader}</a>}</th>
      <td>
        <span class="what">{words}</span>
        {isSilenced && <span class="quiet"> · silenced</span>}
      </td>
      <td class="number">
        <Age at={openedAt} />
      </td>
      <td>
        {acknowledged !== null ? (
          `by ${acknowledged.by}`
        ) : mayAct('operate') ? (
          <button type="button" disabled={isBusy} aria-label={`Acknowledge: ${of}`} onClick={onAcknowledge}>
            Acknowledge
          </button>
        ) : (
          'by nobody yet'
        )}
      </td>
      <td>
        <button type="button" aria-label={`Messages: ${of}`} onClick={onShow}>
          Messages
        </button>
      </td>
    </tr>
  )
}
