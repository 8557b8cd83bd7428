import type { RiskEventMessage } from '@drawbridge/contracts'
import { useEffect, useState } from 'preact/hooks'
import { formatMoney, shortened } from '../../formats/amounts.ts'
import { Refused } from '../../history/refused.tsx'
import { useAnswer } from '../../history/use-answer.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead, unseen } from '../../parts/table-head.tsx'
import { fleet } from '../../store/live.ts'
import { Explanation } from './explanation.tsx'
import { useZone } from './use-zone.ts'

interface EventPanelProps {
  readonly id: string
  /** The newest event to show; null: the newest that there is. */
  readonly until: number | null
}

interface LoggedEvent {
  readonly seq: number
  readonly traceId: string | null
  readonly event: RiskEventMessage
}

const PAGE = 25

/** What happened, the newest first, by pages; each decision can be explained. */
export function EventPanel({ id, until }: EventPanelProps) {
  const [before, setBefore] = useState<number | null>(null)
  useEffect(() => setBefore(null), [until])
  const first = before ?? (until === null ? null : until + 1)
  const query = new URLSearchParams({ limit: String(PAGE), ...(first === null ? {} : { before: String(first) }) })
  const path = `/api/traders/${encodeURIComponent(id)}/events?${query}`
  const { value, refusal, isLoading, again } = useAnswer<{ readonly events: readonly LoggedEvent[] }>(path)
  void fleet.revision.value
  const version = fleet.members.get(id)?.version ?? 0
  useEffect(() => {
    if (first === null && value !== null) again()
  }, [version])
  const timeZone = useZone(id)
  const [explained, setExplained] = useState<number | null>(null)
  const events = value?.events ?? []
  const oldest = events.at(-1)?.event.version ?? 1
  return (
    <section class="panel event-panel" aria-labelledby="events-title" aria-busy={isLoading}>
      <h2 id="events-title">Events</h2>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {events.length > 0 && (
        <Scroller label="Events">
          <table>
            <TableHead columns={['When', 'What', number('Equity'), 'Why, and trace', unseen('Explanation')]} />
            <tbody>
              {events.map((logged) => (
                <EventRow
                  key={logged.event.version}
                  logged={logged}
                  timeZone={timeZone}
                  onExplain={() => setExplained(logged.event.version)}
                />
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {value !== null && events.length === 0 && <p class="quiet">There is no event before that.</p>}
      <p class="pages">
        <button type="button" disabled={before === null} onClick={() => setBefore(null)}>
          Newest
        </button>
        <button type="button" disabled={oldest <= 1 || events.length === 0} onClick={() => setBefore(oldest)}>
          Older
        </button>
      </p>
      {explained !== null && (
        <Explanation
          key={explained}
          id={id}
          version={explained}
          timeZone={timeZone}
          onClose={() => setExplained(null)}
        />
      )}
    </section>
  )
}

interface EventRowProps {
  readonly logged: LoggedEvent
  readonly timeZone: string | undefined
  readonly onExplain: () => void
}

function EventRow({ logged: { event, traceId }, timeZone, onExplain }: EventRowProps) {
  const { version, type, effectiveAt, decision, state } = event
  return (
    <tr data-event={type}>
      <td>
        <Moment at={effectiveAt} timeZone={timeZone} />
      </td>
      <td>{type}</td>
      <td class="number">{formatMoney(state.equity)}</td>
      <td class="words">
        {shortened(reasonOf(event) ?? decision.reason ?? '')}{' '}
        {traceId !== null && (
          <code class="trace" title={traceId}>
            {traceId.slice(0, 8)}
          </code>
        )}
      </td>
      <td>
        <button type="button" aria-label={`Explain event ${version}`} onClick={onExplain}>
          Explain
        </button>
      </td>
    </tr>
  )
}

/** The words that were given with what happened. */
function reasonOf({ facts }: RiskEventMessage): string | null {
  const told = (facts as readonly { readonly reason?: string | null }[]).find(({ reason = null }) => reason !== null)
  return told?.reason ?? null
}
