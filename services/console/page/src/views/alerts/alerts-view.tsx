import './alerts.css'
import { useAskedOften } from '../../api/use-asked-often.ts'
import { Age } from '../../parts/age.tsx'
import type { Told } from './alerts.ts'
import { Channels } from './channels.tsx'
import { OpenAlerts } from './open-alerts.tsx'
import { Silences } from './silences.tsx'

const EVERY_MS = 2_000

/** Who is told of what: alerts that go on, channels, silences. */
export function AlertsView() {
  const { answer, look } = useAskedOften<Told>('/api/notify', EVERY_MS)
  return (
    <div class="alerts">
      <h1>Alerts</h1>
      {answer === null && <p class="empty">Asking who is told …</p>}
      {answer?.ok === false && (
        <p class="empty fault" role="alert">
          Nothing can be said now: {answer.message}. It is asked again every two seconds.
        </p>
      )}
      {answer?.ok === true && answer.body.notifier === null && <NobodyIsTold />}
      {answer?.ok === true && answer.body.notifier !== null && (
        <>
          <NotifierState {...answer.body.notifier} />
          <OpenAlerts alerts={answer.body.alerts} inAll={answer.body.alertsInAll} look={look} />
          <Channels channels={answer.body.channels} look={look} />
          <Silences silences={answer.body.silences} look={look} />
        </>
      )}
    </div>
  )
}

function NobodyIsTold() {
  return (
    <p class="empty">
      Nobody is told of broken limits: config.json names no channel. Add one to <code>notify.channels</code>, as
      docs/notify.md shows, then run <code>npm run provision</code> and start the notifier.
    </p>
  )
}

function NotifierState({ works, heardAt }: NonNullable<Told['notifier']>) {
  if (works) return null
  return (
    <p class="fault" role="alert">
      No notifier works, so nobody is told anything now.{' '}
      {heardAt === null ? (
        'None was ever heard.'
      ) : (
        <>
          One was heard last <Age at={heardAt} /> ago.
        </>
      )}{' '}
      Start one: <code>npm start</code>, <code>docker compose --profile notifier up --detach</code>, or{' '}
      <code>npm run notifier</code>. What waits is told then.
    </p>
  )
}
