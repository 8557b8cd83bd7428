import { type Instant, isAtLeast, limitHolder, type Notice, type Round, type Telling } from '@drawbridge/contracts'
import { ALERTS_MAX, type Alert, type AlertBook, alertKeyOf, type Ended, HELD_MAX } from './alert-book.ts'
import { hearingOf, type Surroundings, stepsOf, waitsForMorning } from './alert-rules.ts'
import type { StillBlocking } from './notices-of-event.ts'
import { reached } from './routing.ts'

/** What became of a book, and who is told. */
export interface Decided {
  readonly book: AlertBook
  readonly tellings: readonly Telling[]
}

/** What an event says, or a part of the system that has a fault. */
export interface Happened extends StillBlocking {
  /** Null: it is no event, and is never taken for one that is known already. */
  readonly version: number | null
  /** The log that counts these versions, by its creation time. Absent: none does. */
  readonly log?: string
  /** When it happened. Absent: now. */
  readonly at?: Instant
  readonly notices: readonly Notice[]
  /** Whether the alert of this key goes on after it. */
  readonly goesOn: (key: string) => boolean
}

/** An event that is known already changes nothing. */
export function takeNotices(book: AlertBook, happened: Happened, surroundings: Surroundings): Decided {
  if (isKnown(book, happened)) return { book, tellings: [] }
  const { kept, over } = closeAlerts(book, happened, surroundings)
  const waiting = over.filter(({ alert }) => waitsForMorning(alert.notice, surroundings))
  const told = over.filter((one) => !waiting.includes(one)).flatMap((one) => tellEnd(one, surroundings))
  const ended = [...book.ended, ...waiting.map((one) => toldLater(one, told))].slice(-HELD_MAX)
  let alerts = kept
  let held = book.held
  for (const notice of happened.notices) {
    const key = alertKeyOf(notice)
    if (key !== null && happened.goesOn(key)) {
      const known = alerts.find((alert) => alert.key === key)
      // A log that takes the place of a lost one has some of its events.
      if (known !== undefined && isSame(known.notice, notice)) continue
      // A thousand dead letters are one fault. One that gets worse is told.
      if (notice.kind === 'fault' && known !== undefined && isAtLeast(known.notice.severity, notice.severity)) continue
      const opened = openAlert(key, notice, known, surroundings)
      if (opened === null) continue
      alerts = [...alerts.filter((alert) => alert.key !== key), opened.alert].slice(-ALERTS_MAX)
      told.push(...opened.tellings)
      continue
    }
    const plain = tellOnce(notice, surroundings)
    if (plain === 'hold') held = [...held, notice].slice(-HELD_MAX)
    else told.push(...plain)
  }
  return { book: { ...placeAfter(book, happened), alerts, held, ended }, tellings: withoutTwice(told) }
}

/**
 * Versions are those of one log: another one that takes its place counts them again, and so does an older copy of it, with
 * what happens later.
 */
function isKnown({ log, version, at }: AlertBook, happened: Happened): boolean {
  if (happened.version === null || isOfOtherLog(log, happened)) return false
  return happened.version <= version && (happened.at ?? 0) <= at
}

function isOfOtherLog(log: string | null, happened: Happened): boolean {
  return happened.log !== undefined && happened.log !== log
}

function placeAfter({ log, version, at }: AlertBook, happened: Happened): Pick<AlertBook, 'log' | 'version' | 'at'> {
  const isOther = isOfOtherLog(log, happened)
  return {
    log: happened.log ?? log,
    version: happened.version ?? (isOther ? 0 : version),
    at: Math.max(isOther ? 0 : at, happened.at ?? 0),
  }
}

function isSame(a: Notice, b: Notice): boolean {
  return a.version === b.version && a.part === b.part && a.at === b.at && a.severity === b.severity
}

/** Parts alerts into those that go on, and those whose end is told: not of one that was silenced all the time. */
function closeAlerts({ alerts, log }: AlertBook, happened: Happened, surroundings: Surroundings) {
  const isForgotten = log !== null && isOfOtherLog(log, happened)
  const kept = alerts.filter(({ key }) => happened.goesOn(key))
  const over = alerts
    .filter((alert) => !kept.includes(alert) && (alert.toldAt !== null || !alert.isSilenced))
    .map((alert): Ended => ({ alert, notice: endOf(alert, happened, isForgotten, surroundings) }))
  return { kept, over }
}

/** Where the same event ends an alert now and another in the morning, the second message needs an id of its own. */
function toldLater(ended: Ended, toldNow: readonly Telling[]): Ended {
  const { notice } = ended
  if (!toldNow.some((telling) => telling.notice === notice)) return ended
  return { ...ended, notice: { ...notice, part: `${notice.part}-later` } }
}

/** Who was told of an alert is told that it is over; where nobody was, as it was quiet, also when it began. */
export function tellEnd({ alert, notice }: Ended, surroundings: Surroundings): readonly Telling[] {
  const channels = reached(stepsOf(alert.notice, surroundings), Math.max(1, alert.steps))
  const told = tellAll(channels, notice, { kind: 'resolved' }, alert.key, surroundings.now)
  const began = alert.toldAt === null ? { untoldSince: alert.notice.at } : {}
  return told.map((telling) => ({ ...withAcknowledgement(telling, alert), ...began }))
}

const ENDS = { breach: 'resumed', silent: 'restored', uncomputable: 'computable', fault: 'recovered' } as const

/** The notice of the event that ends an alert; where it has none, one that says so. */
function endOf({ key, notice }: Alert, happened: Happened, isForgotten: boolean, { now }: Surroundings): Notice {
  const { notices, version, stillHeld, stillBlocked } = happened
  const kind = notice.kind in ENDS ? ENDS[notice.kind as keyof typeof ENDS] : 'resumed'
  const found = notices.find((one) => one.kind === kind || one.kind === 'restarted')
  const part = `end-${key.replaceAll(':', '-')}`
  if (found !== undefined) return found
  const { rule } = notice.facts
  const ended = kind === 'resumed' && rule !== undefined ? { holders: [limitHolder(rule)] } : {}
  const still = { ...(stillHeld && { stillHeld }), ...(stillBlocked && { stillBlocked }) }
  const facts = { ...notice.facts, ...ended, ...still, ...(isForgotten && { isForgotten }) }
  return { ...notice, kind, severity: 'info', version: version ?? notice.version, part, at: happened.at ?? now, facts }
}

/**
 * Opens an alert, or what goes on is told for the worse, also to those whom it was escalated to.
 * @param known the alert that it takes the place of
 * @returns null: nobody wants to hear of it
 */
function openAlert(key: string, notice: Notice, known: Alert | undefined, surroundings: Surroundings) {
  const steps = stepsOf(notice, surroundings)
  if (steps.length === 0) return null
  const { now } = surroundings
  const hearing = hearingOf(notice, surroundings)
  const isTold = hearing === 'now'
  const reachedSteps = Math.max(isTold ? 1 : 0, known?.steps ?? 0)
  const alert: Alert = {
    key,
    notice,
    openedAt: now,
    steps: reachedSteps,
    repeated: 0,
    again: 0,
    toldAt: isTold ? now : (known?.toldAt ?? null),
    isSilenced: hearing === 'after-silence',
    acknowledged: null,
  }
  return { alert, tellings: isTold ? tellAll(reached(steps, reachedSteps), notice, { kind: 'first' }, key, now) : [] }
}

/** What is told once; `hold`: after the quiet hours. */
function tellOnce(notice: Notice, surroundings: Surroundings): readonly Telling[] | 'hold' {
  const steps = stepsOf(notice, surroundings)
  if (steps.length === 0) return []
  const hearing = hearingOf(notice, surroundings)
  switch (hearing) {
    case 'now':
      return tellAll(reached(steps, 1), notice, { kind: 'first' }, null, surroundings.now)
    case 'after-quiet-hours':
      return 'hold'
    case 'after-silence':
      return []
    default:
      return hearing satisfies never
  }
}

export function tellAll(
  channels: readonly string[],
  notice: Notice,
  round: Round,
  alert: string | null,
  decidedAt: Instant,
): readonly Telling[] {
  return channels.map((channel) => ({ channel, notice, round, alert, decidedAt }))
}

/** Who hears more of an alert hears who had acknowledged it. */
export function withAcknowledgement(telling: Telling, { acknowledged }: Pick<Alert, 'acknowledged'>): Telling {
  return acknowledged === null ? telling : { ...telling, acknowledged }
}

/** That an alert is over is told once to a channel, even if a route asks for it too, and with all that the same event ends. */
export function withoutTwice(tellings: readonly Telling[]): readonly Telling[] {
  const told = new Map<string, Telling>()
  for (const telling of tellings) {
    const { channel, notice, round, alert } = telling
    const escalation = round.kind === 'escalated' ? ` ${round.step}` : ''
    const id = `${channel} ${notice.version} ${notice.at} ${notice.part}${escalation}`
    const earlier = told.get(id)
    if (earlier === undefined) told.set(id, telling)
    else if (round.kind === 'resolved' && alert !== null)
      told.set(id, { ...earlier, alsoEnds: [...(earlier.alsoEnds ?? []), alert] })
  }
  return [...told.values()]
}
