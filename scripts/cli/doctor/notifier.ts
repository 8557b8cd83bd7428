import {
  type ChannelHealth,
  formatInstant,
  notifierStreams,
  type Silence,
  silenceInWords,
  subjects,
} from '@drawbridge/contracts'
import { isStreamMissing, lastMessage, newestOfEach } from '@drawbridge/nats'
import { type Config, notifyWarningsOf } from '@drawbridge/settings'
import type { JetStreamManager } from '@nats-io/jetstream'
import { type Finding, fault, ok, warning } from './finding.ts'

type NotifyConfig = Config['notify']

/** The lease of the notifier that works is renewed every 1.5 s. */
const HEARD_WITHIN_MS = 15_000
const START = 'start one: npm start, docker compose --profile notifier up --detach, or npm run notifier'
const RESTART = 'restart the notifier: stop npm start and start it again, or docker compose restart notifier'

/** What the routes of the settings tell nobody; nothing where all is well. */
export function judgeRoutes(config: Pick<Config, 'notify' | 'traders'>): readonly Finding[] {
  const advice = 'add a route to notify.routes in config.json without traders and tags; see docs/notify.md'
  return notifyWarningsOf(config).map((words) => warning('routes', words, advice))
}

/** Whether people are told: a notifier works, and each channel takes messages. Nothing where no channel is configured. */
export async function checkNotifier(manager: JetStreamManager, notify: NotifyConfig): Promise<readonly Finding[]> {
  if (notify.channels.length === 0) return []
  try {
    const heard = await checkHeard(manager)
    const isHeard = heard.status === 'ok'
    const healths = await readHealths(manager)
    const names = notify.channels.map(({ name }) => name)
    const channels = names.flatMap((name) => checkChannel(name, healths.get(name) ?? null, isHeard))
    const others = isHeard ? [...healths.keys()].filter((name) => !names.includes(name)) : []
    return [
      heard,
      ...channels,
      ...others.map((name) => warning(`channel ${name}`, 'is no longer in the settings, and still used', RESTART)),
      ...(await checkSilences(manager)),
      ...judgeHeartbeat(notify),
    ]
  } catch (error) {
    if (!isStreamMissing(error)) throw error
    return [
      fault('notifier', 'its streams do not exist, so that nobody is told', 'npm run provision, then start it again'),
    ]
  }
}

async function checkHeard(manager: JetStreamManager): Promise<Finding> {
  const found = await lastMessage(manager, notifierStreams.alerts, subjects.notifierLease)
  if (found === null) return warning('notifier', 'none was ever heard, though channels are configured', START)
  const { isFree } = found.json<{ readonly isFree: boolean }>()
  const heardAt = found.time.getTime()
  if (!isFree && Date.now() - heardAt < HEARD_WITHIN_MS) return ok('notifier', 'is heard')
  const last = `none is heard, though channels are configured; the last one was at ${formatInstant(heardAt)}`
  return warning('notifier', last, START)
}

/** The channels that the last notifier had, by name. */
async function readHealths(manager: JetStreamManager): Promise<ReadonlyMap<string, ChannelHealth>> {
  const newest = await newestOfEach(manager, notifierStreams.alerts, subjects.channelHealth('*'))
  const healths = newest.flatMap(([subject, message]) =>
    message === null
      ? []
      : [[subject.slice(subjects.channelHealth('').length), message.json<ChannelHealth>()] as const],
  )
  return new Map(healths.filter(([, health]) => health.state !== 'removed'))
}

/** @param isHeard whether a notifier works, so that it must know the channel */
function checkChannel(name: string, health: ChannelHealth | null, isHeard: boolean): readonly Finding[] {
  const check = `channel ${name}`
  if (health === null) {
    return isHeard ? [warning(check, 'is not used: the notifier started before it was added', RESTART)] : []
  }
  const { state, since, reason, waiting, lastSentAt } = health
  if (state === 'ok') return [ok(check, 'took the last message')]
  if (state === 'untried') {
    const last =
      lastSentAt === null ? 'no message was sent yet' : `took its last message at ${formatInstant(lastSentAt)}`
    return [ok(check, last)]
  }
  const words = `takes no messages since ${formatInstant(since)}: ${reason ?? 'nobody knows why'}; ${waiting} wait`
  const advice = `see docs/runbook.md, ChannelFailing; then: npm run drawbridge -- notify --test ${name}`
  return [warning(check, words, advice)]
}

/** Those in force. One of everything is a warning: it keeps broken limits from being told. */
async function checkSilences(manager: JetStreamManager): Promise<readonly Finding[]> {
  const found = await lastMessage(manager, notifierStreams.alerts, subjects.silences)
  const silences = found?.json<readonly Silence[]>() ?? []
  return silences
    .filter(({ until }) => until > Date.now())
    .map((silence) => {
      const { trader, tag, kind, until, by, reason } = silence
      const words = `${silenceInWords(silence)} is not told until ${formatInstant(until)}: ${reason} (${by})`
      const advice = 'end it on the page Alerts of the console once it is not needed'
      const isOfAll = trader === null && tag === undefined && kind === null
      return isOfAll ? warning('silence', words, advice) : { ...ok('silence', words), advice }
    })
}

/** A hint: it is no fault to have none. */
function judgeHeartbeat({ heartbeatFile }: NotifyConfig): readonly Finding[] {
  if (heartbeatFile !== null) return []
  const found = 'is not configured: nobody is told of a notifier that is dead'
  const advice = 'name a file with an address of healthchecks.io or the like in notify.heartbeat_url_file'
  return [{ check: 'heartbeat', status: 'ok', found, advice }]
}
