import { formatCount } from '../../formats/amounts.ts'
import type { Health } from './health.ts'

interface Stage {
  readonly name: string
  readonly level: 'good' | 'late' | 'bad'
  readonly words: string
}

/** So many that wait are more than what is just on its way. */
const MANY = 1_000

/** One line a stage: whether it keeps up, and what mends it. */
export function stagesOf({ nats, guardians, persister, feed, streams }: Health): readonly Stage[] {
  if (nats.away !== null) return [{ name: 'NATS', level: 'bad', words: `${nats.away}: start it, or see its log` }]
  const lag = guardians.length === 0 ? null : Math.min(...guardians.map((one) => one.lag))
  const lastRisk = streams.find(({ stream }) => stream === 'RISK')?.lastSeq ?? 0
  return [
    { name: 'NATS', level: 'good', words: 'connected' },
    lag === null
      ? { name: 'Judging', level: 'bad', words: 'no guardian is heard: start a risk guardian, or see its log' }
      : { name: 'Judging', level: lag > MANY ? 'late' : 'good', words: `${formatCount(lag)} readings wait` },
    persister === null
      ? {
          name: 'Writing',
          level: 'bad',
          words: 'nothing is known of persisters: start one; the log keeps everything meanwhile',
        }
      : {
          name: 'Writing',
          level: persister.pending > MANY ? 'late' : 'good',
          words: `${formatCount(persister.pending + persister.unacknowledged)} events are not in the database yet; it has all up to ${formatCount(persister.writtenUpTo)} of ${formatCount(lastRisk)}`,
        },
    feed.isCurrent
      ? { name: 'Console', level: 'good', words: 'knows the whole risk log' }
      : { name: 'Console', level: 'late', words: 'is reading the risk log' },
  ]
}

export function Stages({ health }: { readonly health: Health }) {
  return (
    <section class="card" aria-label="Stages">
      <h2>Stages</h2>
      <dl class="stages">
        {stagesOf(health).map(({ name, level, words }) => (
          <div key={name} data-level={level}>
            <dt>
              <span class="mark" aria-hidden="true" />
              {name}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
