import type { Instant, Telling } from '@drawbridge/contracts'
import type { Alert, AlertBook } from './alert-book.ts'
import { hearingOf, type Surroundings, stepsOf, waitsForMorning } from './alert-rules.ts'
import { quietUntil } from './quiet-hours.ts'
import { earliestOf, reached, repeatAfterMs } from './routing.ts'
import { silencing } from './silences.ts'
import { type Decided, tellAll, tellEnd, withAcknowledgement, withoutTwice } from './take-notices.ts'

/** What is due at a time: repetitions, escalations, what waited for the end of a silence or of quiet hours. */
export function passTime(book: AlertBook, surroundings: Surroundings): Decided {
  const morning = afterQuiet(book, surroundings)
  const tellings = [...morning.tellings]
  const alerts = book.alerts.map((alert) => {
    const due = dueOf(alert, surroundings)
    tellings.push(...due.tellings)
    return due.alert
  })
  const { held, ended } = morning
  const isChanged =
    tellings.length > 0 ||
    held.length !== book.held.length ||
    ended.length !== book.ended.length ||
    alerts.some((alert, at) => alert !== book.alerts[at])
  return { book: isChanged ? { ...book, alerts, held, ended } : book, tellings }
}

/** What still waits for the end of quiet hours, and what does so no more. */
function afterQuiet(book: AlertBook, surroundings: Surroundings) {
  const tellings: Telling[] = []
  const ended = book.ended.filter((one) => {
    const waits = waitsForMorning(one.alert.notice, surroundings)
    if (!waits) tellings.push(...tellEnd(one, surroundings))
    return waits
  })
  const held = book.held.filter((notice) => {
    const hearing = hearingOf(notice, surroundings)
    const channels = hearing === 'now' ? reached(stepsOf(notice, surroundings), 1) : []
    tellings.push(...tellAll(channels, notice, { kind: 'first' }, null, surroundings.now))
    return hearing === 'after-quiet-hours'
  })
  return { ended, held, tellings: withoutTwice(tellings) }
}

interface Due {
  readonly alert: Alert
  readonly tellings: readonly Telling[]
}

function dueOf(alert: Alert, surroundings: Surroundings): Due {
  const hearing = hearingOf(alert.notice, surroundings)
  if (hearing === 'after-silence')
    return { alert: alert.isSilenced ? alert : { ...alert, isSilenced: true }, tellings: [] }
  if (hearing === 'after-quiet-hours') return { alert, tellings: [] }
  if (alert.isSilenced) return soundAgain(alert, surroundings)
  if (alert.steps === 0) return soundFirst(alert, surroundings)
  if (alert.acknowledged !== null) return { alert, tellings: [] }
  const escalated = escalate(alert, surroundings)
  const repeated = repeat(escalated.alert, surroundings)
  return { alert: repeated.alert, tellings: [...escalated.tellings, ...repeated.tellings] }
}

/** It goes on after a silence: who had heard of it hears so, and who has acknowledged it is asked again. */
function soundAgain(alert: Alert, surroundings: Surroundings): Due {
  if (alert.steps === 0) return soundFirst({ ...alert, isSilenced: false }, surroundings)
  const again = alert.again + 1
  const channels = reached(stepsOf(alert.notice, surroundings), alert.steps)
  const told = tellAll(channels, alert.notice, { kind: 'again', count: again }, alert.key, surroundings.now)
  return {
    alert: { ...alert, isSilenced: false, again, toldAt: surroundings.now, acknowledged: null },
    tellings: told.map((telling) => withAcknowledgement(telling, alert)),
  }
}

function soundFirst(alert: Alert, surroundings: Surroundings): Due {
  const channels = reached(stepsOf(alert.notice, surroundings), 1)
  const { now } = surroundings
  return {
    alert: { ...alert, steps: 1, openedAt: now, toldAt: now },
    tellings: tellAll(channels, alert.notice, { kind: 'first' }, alert.key, surroundings.now),
  }
}

function escalate(alert: Alert, surroundings: Surroundings): Due {
  const steps = stepsOf(alert.notice, surroundings)
  const due = steps.filter(({ afterMs }) => alert.openedAt + afterMs <= surroundings.now).length
  if (due <= alert.steps) return { alert, tellings: [] }
  const tellings = steps
    .slice(alert.steps, due)
    .flatMap(({ channels }, index) =>
      tellAll(channels, alert.notice, { kind: 'escalated', step: alert.steps + index }, alert.key, surroundings.now),
    )
  return { alert: { ...alert, steps: due }, tellings }
}

function repeat(alert: Alert, surroundings: Surroundings): Due {
  const { now, rules } = surroundings
  const after = repeatAfterMs(alert.repeated, rules.repeatMinutes)
  if (after === null || alert.toldAt === null || alert.toldAt + after > now) return { alert, tellings: [] }
  const repeated = alert.repeated + 1
  const channels = reached(stepsOf(alert.notice, surroundings), alert.steps)
  return {
    alert: { ...alert, repeated, toldAt: now },
    tellings: tellAll(channels, alert.notice, { kind: 'repeated', count: repeated }, alert.key, surroundings.now),
  }
}

/** When something of a book is due next; null: nothing is. */
export function nextDue(book: AlertBook, surroundings: Surroundings): Instant | null {
  const { now, rules } = surroundings
  const times = book.alerts.map((alert) => {
    const silence = silencing(alert.notice, surroundings)
    if (silence !== null) return silence.until
    if (hearingOf(alert.notice, surroundings) === 'after-quiet-hours') return endOfQuiet(surroundings)
    if (alert.isSilenced || alert.steps === 0) return now
    if (alert.acknowledged !== null) return null
    const step = stepsOf(alert.notice, surroundings)[alert.steps]
    const after = repeatAfterMs(alert.repeated, rules.repeatMinutes)
    return earliestOf([
      step === undefined ? null : alert.openedAt + step.afterMs,
      after === null || alert.toldAt === null ? null : alert.toldAt + after,
    ])
  })
  return earliestOf([...times, book.held.length + book.ended.length > 0 ? endOfQuiet(surroundings) : null])
}

function endOfQuiet({ now, rules }: Surroundings): Instant {
  return rules.quietHours === null ? now : quietUntil(now, rules.quietHours, rules.zone)
}
