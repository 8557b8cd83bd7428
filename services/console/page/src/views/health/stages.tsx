import { formatCount } from '../../formats/amounts.ts'
import { formatDuration, formatTime, zoneName } from '../../formats/times.ts'
import { zone } from '../../store/preferences.ts'
import type { Health } from './health.ts'

interface Stage {
  readonly name: string
  readonly level: 'good' | 'late' | 'bad'
  readonly words: string
}

/** So many that wait are more than what is just on its way. */
const MANY = 1_000
/** A replica that is so far behind shows a past. */
const LATE_MS = 10_000

/** One line a stage: whether it keeps up, and what mends it. */
export function stagesOf({ nats, guardians, persister, database, feed, streams }: Health): readonly Stage[] {
  if (nats.away !== null) {
    return [{ name: 'NATS', level: 'bad', words: `${nats.away}: start it, or see its log` }, databaseStage(database)]
  }
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
    databaseStage(database),
    feed.isCurrent
      ? { name: 'Console', level: 'good', words: 'knows the whole risk log' }
      : { name: 'Console', level: 'late', words: 'is reading the risk log' },
  ]
}

function databaseStage(database: Health['database']): Stage {
  const name = 'Database'
  if (database === null) return { name, level: 'late', words: 'is being asked' }
  const { away, connections, connectionsMax, lagMs } = database
  const since = formatTime(database.since, zoneName(zone.value, null))
  if (away !== null) return { name, level: 'bad', words: `away since ${since}: ${away}` }
  const used = `${formatCount(connections ?? 0)} of ${formatCount(connectionsMax ?? 0)} connections are in use`
  const words = `reachable since ${since}, or longer; ${used}`
  if (lagMs === null) return { name, level: 'good', words }
  const behind = lagMs < 1_000 ? 'not behind' : `${formatDuration(lagMs)} behind`
  return { name, level: lagMs > LATE_MS ? 'late' : 'good', words: `${words}; a replica, ${behind}` }
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
