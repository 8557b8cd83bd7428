import { useAnswer } from '../history/use-answer.ts'
import { Moment } from './moment.tsx'

interface Delivery {
  readonly id: string
  readonly channel: string
  readonly round: string
  readonly outcome: 'sent' | 'gave-up'
  readonly at: string
  readonly maybeTwice: boolean
  readonly together: number
  readonly detail: string | null
}

interface Answered {
  /** Null: nobody is told of anything. */
  readonly deliveries: readonly Delivery[] | null
  readonly acknowledgements: readonly { readonly alert: string; readonly by: string; readonly at: string }[]
}

interface DeliveriesProps {
  /** Its id, or ":system". */
  readonly trader: string
  readonly version: number
  readonly timeZone: string | undefined
}

/** What became of the messages about an event. Nothing where nobody is told of any. */
export function Deliveries({ trader, version, timeZone }: DeliveriesProps) {
  const path = `/api/notify/deliveries/${encodeURIComponent(trader)}/${version}`
  const { value, refusal } = useAnswer<Answered>(path)
  if (value !== null && value.deliveries === null) return null
  const deliveries = value?.deliveries ?? []
  return (
    <section aria-labelledby="deliveries">
      <h3 id="deliveries">Messages to people</h3>
      {refusal !== null && <p class="fault">{refusal.message}</p>}
      {value !== null && deliveries.length === 0 && <p class="quiet">No message about it was sent yet.</p>}
      <ul class="explained">
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <Moment at={delivery.at} timeZone={timeZone} /> {deliveryInWords(delivery)}
          </li>
        ))}
        {value?.acknowledgements.map(({ alert, by, at }) => (
          <li key={alert}>
            <Moment at={at} timeZone={timeZone} /> {by} acknowledged it
          </li>
        ))}
      </ul>
    </section>
  )
}

function deliveryInWords({ channel, round, outcome, maybeTwice, together, detail }: Delivery): string {
  const what = outcome === 'sent' ? `${channel} took it` : `${channel} never got it: ${detail ?? 'nobody knows why'}`
  const more = [
    round === 'first' ? '' : round.replace('-', ' '),
    together > 1 ? `in one message with ${together - 1} more` : '',
    maybeTwice ? 'it may have come twice' : '',
  ].filter((words) => words !== '')
  return [what, ...more].join(', ')
}
