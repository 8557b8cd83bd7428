import { type Notice, type Route, tellingId } from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { acknowledge } from '../src/core/acknowledge.ts'
import { type AlertBook, EMPTY_BOOK, isEmpty } from '../src/core/alert-book.ts'
import type { Surroundings } from '../src/core/alert-rules.ts'
import { allowanceAt, becomesDigest, fullAllowance, spend, waitMs } from '../src/core/pace.ts'
import { nextDue, passTime } from '../src/core/pass-time.ts'
import { retryAfterMs } from '../src/core/retry.ts'
import { stepsFor } from '../src/core/routing.ts'
import { takeNotices } from '../src/core/take-notices.ts'

const NIGHT = Date.UTC(2026, 0, 1, 23)
const MINUTE = 60_000
const route = (more: Partial<Route> = {}): Route => ({
  traders: null,
  tags: null,
  severity: 'warning',
  kinds: null,
  to: ['chat'],
  escalate: [],
  ...more,
})
const notice = (more: Partial<Notice> = {}): Notice => ({
  kind: 'breach',
  severity: 'critical',
  trader: 'bot1',
  version: 1,
  part: 'breach-0',
  at: NIGHT,
  facts: { rule: 'daily', enforced: true },
  ...more,
})
const surroundings = (more: Partial<Surroundings> = {}): Surroundings => ({
  now: NIGHT,
  rules: { routes: [route()], quietHours: { from: 22 * 60, until: 7 * 60 }, zone: 'UTC', repeatMinutes: [5, 15] },
  silences: [],
  tags: [],
  ...more,
})
const day = () => surroundings({ now: NIGHT + 12 * 60 * MINUTE })
const goesOn = () => true
const roundsOf = (tellings: readonly { readonly channel: string; readonly round: { readonly kind: string } }[]) =>
  tellings.map(({ channel, round }) => `${channel} ${round.kind}`)

describe('quiet hours', () => {
  test('a breach is told in them, a warning after them', () => {
    const warning = notice({ kind: 'warning', severity: 'warning', part: 'warning-1' })
    const { book, tellings } = takeNotices(
      EMPTY_BOOK,
      { version: 1, notices: [notice(), warning], goesOn },
      surroundings(),
    )
    expect(tellings.map((one) => one.notice.kind)).toEqual(['breach'])
    expect(book.held).toEqual([warning])
    const morning = Date.UTC(2026, 0, 2, 7)
    expect(nextDue({ ...book, alerts: [] }, surroundings())).toBe(morning)
    const later = passTime({ ...book, alerts: [] }, surroundings({ now: morning }))
    expect(later.tellings.map((one) => one.notice.kind)).toEqual(['warning'])
    expect(later.book.held).toEqual([])
  })

  describe('an alert that is over in them', () => {
    const evening = Date.UTC(2026, 0, 1, 21, 50)
    const morning = Date.UTC(2026, 0, 2, 7)
    const silent = notice({ kind: 'silent', severity: 'warning', part: 'silent-0', facts: { since: NIGHT } })
    const restored = notice({ kind: 'restored', severity: 'info', version: 2, part: 'restored-0' })
    const over = { version: 2, notices: [restored], goesOn: () => false }
    const lives = (openedAt: number, how: Partial<Surroundings> = {}) => {
      const opened = takeNotices(EMPTY_BOOK, { version: 1, notices: [silent], goesOn }, surroundings({ now: openedAt }))
      const closed = takeNotices(opened.book, over, surroundings({ now: NIGHT + 180 * MINUTE, ...how }))
      const later = passTime(closed.book, surroundings({ now: morning, ...how }))
      expect(isEmpty(later.book)).toBe(true)
      return { opened, closed, later }
    }

    test('is told as over in the morning, to who was told of it', () => {
      const { opened, closed, later } = lives(evening)
      expect(roundsOf(opened.tellings)).toEqual(['chat first'])
      expect(closed.tellings).toEqual([])
      expect(nextDue(closed.book, surroundings())).toBe(morning)
      expect(roundsOf(later.tellings)).toEqual(['chat resolved'])
      expect(later.tellings[0]).not.toHaveProperty('untoldSince')
    })

    test('and began in them is told in the morning, once, with when it began', () => {
      const { closed, later } = lives(NIGHT)
      expect(closed.tellings).toEqual([])
      expect(later.tellings).toMatchObject([
        { channel: 'chat', round: { kind: 'resolved' }, notice: restored, alert: 'silent', untoldSince: NIGHT },
      ])
    })

    test('is told once to who wants to hear of both', () => {
      const rules = { ...surroundings().rules, routes: [route({ severity: 'info' })] }
      expect(roundsOf(lives(evening, { rules }).later.tellings)).toEqual(['chat resolved'])
    })

    test('is told in the morning, by a message of its own, where its event ended a critical one at once', () => {
      const opened = takeNotices(
        EMPTY_BOOK,
        { version: 1, notices: [notice(), silent], goesOn },
        surroundings({ now: evening }),
      )
      const restarted = notice({ kind: 'restarted', severity: 'warning', version: 2, part: 'restarted-0' })
      const both = { version: 2, notices: [restarted], goesOn: () => false }
      const closed = takeNotices(opened.book, both, surroundings())
      const later = passTime(closed.book, surroundings({ now: morning }))
      expect(closed.tellings.map(({ alert }) => alert)).toEqual(['breach:daily'])
      const silence = later.tellings.find(({ alert }) => alert === 'silent')
      expect(closed.tellings.concat(later.tellings).map(tellingId)).toHaveLength(
        new Set(closed.tellings.concat(later.tellings).map(tellingId)).size,
      )
      expect(silence).toMatchObject({ round: { kind: 'resolved' } })
    })

    test('is told at once, if it was critical', () => {
      const opened = takeNotices(EMPTY_BOOK, { version: 1, notices: [notice()], goesOn }, surroundings())
      const closed = takeNotices(opened.book, { version: 2, notices: [], goesOn: () => false }, surroundings())
      expect(roundsOf(closed.tellings)).toEqual(['chat resolved'])
      expect(isEmpty(closed.book)).toBe(true)
    })
  })
})

describe('a fault', () => {
  const fault = (more: Partial<Notice> = {}) =>
    notice({ kind: 'fault', part: 'fault-0', facts: { source: 'connector:broker', tellsItsEnd: true }, ...more })
  const key = 'fault:connector:broker'
  const opened = takeNotices(EMPTY_BOOK, { version: null, notices: [fault({ severity: 'warning' })], goesOn }, day())

  test('is told once, and again only if it gets worse', () => {
    const same = { version: null, notices: [fault({ severity: 'warning', version: 9 })], goesOn }
    expect(takeNotices(opened.book, same, day()).tellings).toEqual([])
    const worse = { version: null, notices: [fault({ severity: 'critical', version: 9 })], goesOn }
    expect(roundsOf(takeNotices(opened.book, worse, day()).tellings)).toEqual(['chat first'])
  })

  test('leaves the place in the log of its trader as it is', () => {
    const at7 = { ...EMPTY_BOOK, version: 7 }
    expect(takeNotices(at7, { version: null, notices: [fault()], goesOn }, day()).book.version).toBe(7)
  })

  test('that tells its end goes on when it is acknowledged, and one that does not is over', () => {
    const by = { by: 'ann', at: NIGHT }
    expect(acknowledge(opened.book, { key }, by).book.alerts).toMatchObject([{ key, acknowledged: by }])
    const letter = fault({ trader: null, facts: { source: 'persister' } })
    const { book } = takeNotices(EMPTY_BOOK, { version: 1, notices: [letter], goesOn }, day())
    expect(acknowledge(book, { key: null }, by).book.alerts).toEqual([])
  })

  test('is told as over, and not as a resume', () => {
    const over = { version: null, notices: [], goesOn: (one: string) => one !== key }
    expect(takeNotices(opened.book, over, day()).tellings).toMatchObject([
      { round: { kind: 'resolved' }, notice: { kind: 'recovered', severity: 'info' } },
    ])
  })
})

describe('an acknowledgement', () => {
  const by = { by: 'telegram:7', at: NIGHT }
  const opened = takeNotices(EMPTY_BOOK, { version: 1, notices: [notice()], goesOn }, surroundings()).book
  const known = acknowledge(opened, { key: 'breach:daily' }, by).book

  test('of an earlier event is none of what is told since then', () => {
    const worse = notice({ version: 5, facts: { rule: 'daily', enforced: true, action: 'flatten' } })
    const { book } = takeNotices(known, { version: 5, notices: [worse], goesOn }, surroundings())
    expect(acknowledge(book, { key: 'breach:daily', version: 1 }, by).alerts).toEqual([])
    expect(acknowledge(book, { key: 'breach:daily', version: 5 }, by).alerts).toHaveLength(1)
  })

  test('is named where the alert is told as over, and where it is told again after a silence', () => {
    const over = takeNotices(known, { version: 2, notices: [], goesOn: () => false }, surroundings())
    expect(over.tellings).toMatchObject([{ round: { kind: 'resolved' }, acknowledged: by }])
    const silence = { id: 's', trader: 'bot1', kind: null, until: NIGHT + MINUTE, reason: 'r', by: 'ann' }
    const silenced = passTime(known, surroundings({ silences: [silence] })).book
    const again = passTime(silenced, surroundings({ now: NIGHT + MINUTE }))
    expect(again.tellings).toMatchObject([{ round: { kind: 'again' }, acknowledged: by }])
    expect(again.book.alerts[0]?.acknowledged).toBeNull()
  })
})

describe('an alert', () => {
  const opened = takeNotices(EMPTY_BOOK, { version: 1, notices: [notice()], goesOn }, surroundings()).book
  const later = (minutes: number, book: AlertBook = opened, more: Partial<Surroundings> = {}) =>
    passTime(book, surroundings({ now: NIGHT + minutes * MINUTE, ...more }))

  test('is repeated after 5 minutes, then after 15, for as long as it goes on', () => {
    expect(later(4).tellings).toEqual([])
    const first = later(5)
    expect(roundsOf(first.tellings)).toEqual(['chat repeated'])
    expect(later(19, first.book).tellings).toEqual([])
    const second = later(20, first.book)
    expect(roundsOf(second.tellings)).toEqual(['chat repeated'])
    expect(roundsOf(later(35, second.book).tellings)).toEqual(['chat repeated'])
  })

  test('is neither repeated nor escalated after somebody has acknowledged it', () => {
    const rules = { ...surroundings().rules, routes: [route({ escalate: [{ afterMinutes: 10, to: ['pager'] }] })] }
    expect(roundsOf(later(10, opened, { rules }).tellings)).toEqual([
      'pager escalated',
      'chat repeated',
      'pager repeated',
    ])
    const known = acknowledge(opened, { key: null }, { by: 'telegram:7', at: NIGHT })
    expect(known.alerts.map(({ key }) => key)).toEqual(['breach:daily'])
    expect(later(10, known.book, { rules }).tellings).toEqual([])
    expect(nextDue(known.book, surroundings({ rules }))).toBeNull()
  })

  test('that is over is told to who had heard of it, even if no route asks for that', () => {
    const resumed = notice({ kind: 'resumed', severity: 'info', version: 2, part: 'resumed-0' })
    const { book, tellings } = takeNotices(
      opened,
      { version: 2, notices: [resumed], goesOn: () => false },
      surroundings(),
    )
    expect(roundsOf(tellings)).toEqual(['chat resolved'])
    expect(book.alerts).toEqual([])
  })

  test('that is over while another holds says who holds', () => {
    const happened = { version: 2, notices: [], stillHeld: ['operator:ann'], goesOn: () => false }
    const [over] = takeNotices(opened, happened, surroundings()).tellings
    expect(over?.notice).toMatchObject({
      kind: 'resumed',
      facts: { holders: ['limit:daily'], stillHeld: ['operator:ann'] },
    })
  })

  test('that is over while its trader is silent says that entries stay blocked', () => {
    const happened = { version: 2, notices: [], stillBlocked: 'silent', goesOn: () => false } as const
    const [over] = takeNotices(opened, happened, surroundings()).tellings
    expect(over?.notice).toMatchObject({ kind: 'resumed', facts: { stillBlocked: 'silent' } })
  })

  test('that gets worse is told again, and asks for another acknowledgement', () => {
    const known = acknowledge(opened, { key: null }, { by: 'ann', at: NIGHT }).book
    const worse = notice({ version: 2, facts: { rule: 'daily', enforced: true, action: 'flatten' } })
    const { book, tellings } = takeNotices(known, { version: 2, notices: [worse], goesOn }, surroundings())
    expect(roundsOf(tellings)).toEqual(['chat first'])
    expect(book.alerts).toMatchObject([{ acknowledged: null, notice: worse }])
  })

  test('that goes on when a silence ends is told again', () => {
    const silences = [{ id: '1', trader: 'bot1', kind: null, until: NIGHT + 30 * MINUTE, reason: 'r', by: 'ann' }]
    const silenced = later(5, opened, { silences })
    expect(silenced.tellings).toEqual([])
    expect(nextDue(silenced.book, surroundings({ now: NIGHT + 5 * MINUTE, silences }))).toBe(NIGHT + 30 * MINUTE)
    expect(roundsOf(later(30, silenced.book, { silences }).tellings)).toEqual(['chat again'])
  })

  describe('that is over in a silence', () => {
    const silences = [{ id: '1', trader: 'bot1', kind: null, until: NIGHT + 30 * MINUTE, reason: 'r', by: 'ann' }]
    const over = { version: 2, notices: [], goesOn: () => false }
    const at = (minutes: number) => surroundings({ now: NIGHT + minutes * MINUTE, silences })

    test('is told to nobody if it began in it, neither then nor when the silence ends', () => {
      const silenced = takeNotices(EMPTY_BOOK, { version: 1, notices: [notice()], goesOn }, at(1))
      const ended = takeNotices(silenced.book, over, at(2))
      expect(isEmpty(ended.book)).toBe(true)
      expect([...silenced.tellings, ...ended.tellings, ...passTime(ended.book, at(30)).tellings]).toEqual([])
    })

    test('is told at once to who was told of it before', () => {
      const silenced = passTime(opened, at(1)).book
      expect(roundsOf(takeNotices(silenced, over, at(2)).tellings)).toEqual(['chat resolved'])
    })
  })

  test('is silenced by a tag of its trader, and by no tag of another', () => {
    const until = NIGHT + 30 * MINUTE
    const silences = [{ id: '1', trader: null, tag: 'futures', kind: null, until, reason: 'r', by: 'ann' }]
    expect(later(5, opened, { silences, tags: ['spot', 'futures'] }).tellings).toEqual([])
    expect(roundsOf(later(5, opened, { silences, tags: ['spot'] }).tellings)).toEqual(
      roundsOf(later(5, opened).tellings),
    )
    expect(later(5, opened).tellings).not.toEqual([])
  })

  test('that begins in a silence is told when that ends', () => {
    const silences = [{ id: '1', trader: null, kind: 'breach' as const, until: NIGHT + MINUTE, reason: 'r', by: 'ann' }]
    const { book, tellings } = takeNotices(
      EMPTY_BOOK,
      { version: 1, notices: [notice()], goesOn },
      surroundings({ silences }),
    )
    expect(tellings).toEqual([])
    expect(roundsOf(later(1, book, { silences }).tellings)).toEqual(['chat first'])
  })

  test('of a fault is one, however many dead letters there are, and over when somebody knows of it', () => {
    const fault = (version: number) =>
      notice({ kind: 'fault', trader: null, version, part: 'fault-0', facts: { source: 'persister', reason: 'r' } })
    let book = EMPTY_BOOK
    let told = 0
    for (let version = 1; version <= 1_000; version += 1) {
      const decided = takeNotices(book, { version, notices: [fault(version)], goesOn }, surroundings())
      book = decided.book
      told += decided.tellings.length
    }
    expect(told).toBe(1)
    expect(acknowledge(book, { key: null }, { by: 'ann', at: NIGHT }).book.alerts).toEqual([])
  })
})

describe('routes', () => {
  test.each([
    ['of another trader', route({ traders: ['bot2'] }), []],
    ['of its trader', route({ traders: ['bot1'] }), ['chat']],
    ['of a tag that its trader has', route({ tags: ['futures'] }), ['chat']],
    ['of a tag that its trader lacks', route({ tags: ['crypto'] }), []],
    ['of another kind', route({ kinds: ['silent'] }), []],
    ['of its kind', route({ kinds: ['breach'] }), ['chat']],
    ['of what is critical', route({ severity: 'critical' }), ['chat']],
  ])('a breach goes by a route %s to %j', (_, one, channels) => {
    expect(stepsFor(notice(), ['futures'], [one]).flatMap((step) => step.channels)).toEqual(channels)
  })

  test('a channel that several routes name is told once, as early as one of them says', () => {
    const routes = [route({ to: ['a'], escalate: [{ afterMinutes: 5, to: ['b'] }] }), route({ to: ['b', 'a'] })]
    expect(stepsFor(notice(), [], routes)).toEqual([{ afterMs: 0, channels: ['a', 'b'] }])
  })
})

describe('the pace of a channel', () => {
  test('10,000 notices in a minute become a few messages', () => {
    const pace = { perMinute: 6 }
    let [allowance, waiting, messages] = [fullAllowance(pace, 0), 0, 0]
    for (let now = 0; now < MINUTE; now += 6) {
      waiting += 1
      allowance = allowanceAt(allowance, pace, now)
      if (waitMs(allowance, pace) > 0) continue
      allowance = spend(allowance)
      messages += 1
      waiting = becomesDigest(waiting) ? 0 : waiting - 1
    }
    expect(messages).toBeLessThanOrEqual(12)
    expect(waiting).toBeLessThan(10_000)
  })

  test('a receiver is asked again later and later, or when it says', () => {
    const failed = { kind: 'failed', reason: 'r', afterMs: null, maybeSent: false } as const
    expect([1, 2, 3, 4].map((failures) => retryAfterMs(failed, failures))).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(retryAfterMs(failed, 1_000)).toBe(300_000)
    expect(retryAfterMs({ ...failed, afterMs: 17_000 }, 9)).toBe(17_000)
    expect(retryAfterMs({ ...failed, afterMs: 20_000_000 }, 1)).toBe(20_000_000)
    expect(retryAfterMs({ ...failed, afterMs: 1e12 }, 1)).toBe(24 * 3_600_000)
    expect(retryAfterMs({ ...failed, afterMs: 0 }, 4)).toBe(8_000)
    expect(retryAfterMs({ kind: 'shut-out', reason: 'r' }, 1)).toBe(60_000)
  })
})

describe('versions', () => {
  const LOG = '2026-01-01T00:00:00Z'
  const event = (version: number, minutes: number, log = LOG) => {
    const at = NIGHT + minutes * MINUTE
    return { version, log, at, notices: [notice({ version, at })], goesOn }
  }
  const told = (events: readonly ReturnType<typeof event>[]) => {
    let book = EMPTY_BOOK
    return events.map((one) => {
      const decided = takeNotices(book, one, surroundings())
      book = decided.book
      return decided.tellings.length
    })
  }

  test('of one log are looked at once', () => {
    expect(told([event(1, 0), event(2, 1), event(1, 0), event(2, 1)])).toEqual([1, 1, 0, 0])
  })

  test('that a restored older copy of the log counts again, of what happens later, are told', () => {
    expect(told([event(1, 0), event(2, 1), event(2, 5), event(2, 5), event(3, 6)])).toEqual([1, 1, 1, 0, 1])
  })

  test('of another log are told, except the event that both have', () => {
    const other = '2026-01-02T00:00:00Z'
    expect(told([event(4, 0), event(4, 0, other), event(2, 5, other), event(3, 6, other)])).toEqual([1, 0, 1, 1])
  })

  test('of another log that does not have an alert end it, and say why', () => {
    const { book } = takeNotices(EMPTY_BOOK, event(4, 0), surroundings())
    const over = { ...event(1, 5, '2026-01-02T00:00:00Z'), notices: [], goesOn: () => false }
    const { tellings } = takeNotices(book, over, surroundings())
    expect(tellings).toMatchObject([
      { round: { kind: 'resolved' }, notice: { kind: 'resumed', version: 1, facts: { isForgotten: true } } },
    ])
    expect(
      takeNotices(book, { ...over, log: LOG, version: 5 }, surroundings()).tellings[0]?.notice.facts,
    ).not.toHaveProperty('isForgotten')
  })
})
