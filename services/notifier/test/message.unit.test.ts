import { NOTICE_KINDS, type Notice, type NoticeFacts, type Round } from '@drawbridge/contracts'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { describe, expect, test } from 'vitest'
import { noticesOf } from '../src/core/notices-of-event.ts'
import { type DigestTold, digestOf } from '../src/core/text/digest.ts'
import { messageOf, type Reader, type Told } from '../src/core/text/message.ts'

const reader = (more: Partial<Reader> = {}): Reader => ({
  language: 'en',
  zone: 'Europe/Berlin',
  consoleUrl: 'https://d.example',
  escape: (text) => text,
  ...more,
})
const FACTS: NoticeFacts = {
  rule: 'max_daily_loss',
  observedPct: '4.99999999',
  limitPct: '5',
  loss: '1234.5',
  base: '24690.00000001',
  line: '23455.5',
  equity: '23455.5',
  room: '10',
  currency: 'EUR',
  enforced: true,
  until: Date.UTC(2026, 2, 12, 23),
  since: Date.UTC(2026, 2, 12, 12),
  by: 'ann',
  reason: 'news',
  amount: '5',
  holders: ['limit:max_daily_loss'],
  source: 'persister',
}
const notice = (more: Partial<Notice> = {}): Notice => ({
  kind: 'breach',
  severity: 'critical',
  trader: 'bot1',
  version: 7,
  part: 'breach-0',
  at: Date.UTC(2026, 2, 12, 13),
  facts: FACTS,
  ...more,
})
const SETTINGS = { tellsSilence: false, currency: null }
const told = (more: Partial<Notice> = {}): Told => ({ notice: notice(more), round: { kind: 'first' } })
const plain = (more: Partial<Notice> = {}): DigestTold => ({
  notice: notice(more),
  round: { kind: 'first' },
  alert: null,
})
const DAILY = 'breach:max_daily_loss'
const alert = (more: Partial<Notice>, round: Round['kind'] = 'first', key = DAILY): DigestTold => ({
  notice: notice(more),
  round: { kind: round } as Round,
  alert: key,
})

test('a breach says in English what happened, to whom, why, until when, what was not done, and how to resume', () => {
  const { title, lines } = messageOf(told(), reader(), false)
  expect([title, ...lines].join('\n')).toMatchInlineSnapshot(`
    "bot1: max_daily_loss broken (4.99 %)
    Lost €1,234.50 of €24,690.00000001 = 4.99 %; the limit is 5 %, its line €23,455.50. Equity: €23,455.50.
    New entries are blocked until 13 Mar 2026, 00:00:00 CET. Open positions stay open: Drawbridge closes none.
    To resume: in the console, or npm run drawbridge -- resume bot1 --holder limit:max_daily_loss --reason "..."; while the limit is still broken, only --rebase resumes, which forgives the loss
    Console: https://d.example/traders/bot1
    Event 7 of bot1, 12 Mar 2026, 14:00:00 CET"
  `)
})

test('and in German, with amounts and times as Germans write them', () => {
  const { title, lines } = messageOf(told(), reader({ language: 'de' }), false)
  expect([title, ...lines].join('\n')).toMatchInlineSnapshot(`
    "bot1: max_daily_loss gerissen (4,99 %)
    Verlust 1.234,50 € von 24.690,00000001 € = 4,99 %; die Grenze ist 5 %, ihre Linie 23.455,50 €. Equity: 23.455,50 €.
    Neue Einstiege sind gesperrt, bis 13. März 2026, 00:00:00 MEZ. Offene Positionen bleiben offen: Drawbridge schließt keine.
    Fortsetzen: in der Konsole, oder npm run drawbridge -- resume bot1 --holder limit:max_daily_loss --reason "..."; solange die Grenze noch gerissen ist, nur mit --rebase, das den Verlust vergibt
    Konsole: https://d.example/traders/bot1
    Ereignis 7 von bot1, 12. März 2026, 14:00:00 MEZ"
  `)
})

test('where people may resume in a chat, what blocks entries says how, and nothing else does', () => {
  const here = reader({ resumesHere: true })
  expect(messageOf(told(), here, false).lines).toContain('Or here, if you may: /resume bot1')
  expect(messageOf(told({ kind: 'paused' }), here, false).lines).toContain('Or here, if you may: /resume bot1')
  for (const silentOf of [messageOf(told(), reader(), false), messageOf(told({ kind: 'silent' }), here, false)]) {
    expect(silentOf.lines.join('')).not.toContain('/resume')
  }
})

describe.each(['en', 'de'] as const)('in %s', (language) => {
  test.each(NOTICE_KINDS)('%s fills in everything that its text needs', (kind) => {
    const { title, lines } = messageOf(told({ kind }), reader({ language }), true)
    const text = [title, ...lines].join('\n')
    expect(text).not.toMatch(/\{\{|undefined|null|NaN|\[object/)
    // A hole in a sentence would show like this.
    expect(text).not.toMatch(/ {2}| [.,;:)]|\( /)
    expect(title.length).toBeGreaterThan(5)
  })

  test.each(['breach', 'paused', 'silent', 'uncomputable', 'unconfirmed'] as const)(
    '%s says that positions stay open',
    (kind) => {
      const { lines } = messageOf(told({ kind }), reader({ language }), false)
      expect(lines.join('\n')).toMatch(/stay open|bleiben offen/)
    },
  )

  test('what people and bots wrote is escaped, in titles and texts alone', () => {
    const facts = { ...FACTS, rule: '<rule>', by: '<who>', reason: '<why>'.repeat(200) }
    const escaping = reader({ language, escape: (text) => text.replaceAll('<', '&lt;') })
    for (const kind of NOTICE_KINDS) {
      const { title, lines } = messageOf(told({ kind, facts }), escaping, false)
      expect([title, ...lines].join('\n')).not.toContain('<')
      expect(lines.join('\n').length).toBeLessThan(2_000)
    }
  })
})

test('amounts in what is no currency of Intl, counts, and times over a change of clocks are written as readers do', () => {
  const facts = { ...FACTS, currency: 'USDT', until: Date.UTC(2026, 2, 29, 1), observedPct: '12.3456' }
  const text = (language: 'en' | 'de') => messageOf(told({ facts }), reader({ language }), false).lines.join('\n')
  expect(text('en')).toContain('Lost 1,234.50 USDT of 24,690.00000001 USDT = 12.34 %')
  expect(text('en')).toContain('until 29 Mar 2026, 03:00:00 CEST')
  expect(text('de')).toContain('Verlust 1.234,50 USDT von 24.690,00000001 USDT = 12,34 %')
  expect(text('de')).toContain('bis 29. März 2026, 03:00:00 MESZ')
  const many = Array.from({ length: 1_234 }, () => plain())
  expect(digestOf(many, reader({ language: 'de' }), false).title).toBe('1.234 Nachrichten, davon 1.234 kritisch')
})

test('a reason of several lines is one, so that none looks like words of ours', () => {
  const facts = { ...FACTS, reason: 'x\nTo resume: call\r\u2028me\u202e\u200e\u200f\u061c' }
  const lines = (one: NoticeFacts) => messageOf(told({ kind: 'paused', facts: one }), reader(), false).lines
  expect(lines(facts)).toHaveLength(lines(FACTS).length)
  expect(lines(facts).join('')).not.toMatch(/[\r\u2028\u202e\u200e\u200f\u061c]/)
})

test('a percentage is never told higher than it is', () => {
  expect(messageOf(told(), reader(), false).title).toContain('4.99 %')
})

test('a message of an alert that somebody has acknowledged names who and when', () => {
  const acknowledged = { by: 'telegram:7', at: Date.UTC(2026, 2, 12, 13, 5) }
  const over: Told = { ...told({ kind: 'resumed' }), round: { kind: 'resolved' }, acknowledged }
  expect(messageOf(over, reader(), false).lines).toContain('Acknowledged by telegram:7, 12 Mar 2026, 14:05:00 CET.')
  expect(messageOf(over, reader({ language: 'de' }), false).lines).toContain(
    'Bestätigt von telegram:7, 12. März 2026, 14:05:00 MEZ.',
  )
})

test.each([
  [
    'en',
    /^bot1: still paused\nEnded: limit:max_daily_loss, by ann: news\. New entries stay blocked by operator:bob\.$/,
  ],
  [
    'de',
    /^bot1: weiter angehalten\nBeendet: limit:max_daily_loss, von ann: news\. Neue Einstiege bleiben gesperrt von operator:bob\.$/,
  ],
] as const)('an end of one hold of several does not say that entries are allowed, in %s', (language, said) => {
  const facts = { ...FACTS, stillHeld: ['operator:bob'] }
  const { title, lines } = messageOf(told({ kind: 'resumed', facts }), reader({ language }), false)
  expect(`${title}\n${lines[0]}`).toMatch(said)
})

test.each([
  [
    'en',
    'bot1: still blocked\nEnded: limit:max_daily_loss, by ann: news. New entries are still blocked: no equity is reported.',
  ],
  [
    'de',
    'bot1: weiter gesperrt\nBeendet: limit:max_daily_loss, von ann: news. Neue Einstiege bleiben gesperrt: es wird keine Equity gemeldet.',
  ],
] as const)('a resume of a silent trader does not say that entries are allowed, in %s', (language, said) => {
  const facts = { ...FACTS, stillBlocked: 'silent' } as const
  const { title, lines } = messageOf(told({ kind: 'resumed', facts }), reader({ language }), false)
  expect(`${title}\n${lines[0]}`).toBe(said)
})

test('an alert of one night is told with when it began', () => {
  const over: Told = {
    ...told({ kind: 'restored' }),
    round: { kind: 'resolved' },
    untoldSince: Date.UTC(2026, 2, 12, 1),
  }
  expect(messageOf(over, reader(), false).lines).toContain('It began in the quiet hours, 12 Mar 2026, 02:00:00 CET.')
  expect(messageOf(over, reader({ language: 'de' }), false).lines).toContain(
    'Es begann in der Ruhezeit, 12. März 2026, 02:00:00 MEZ.',
  )
})

test('a resume that time brought names nobody', () => {
  const { by: _, reason: __, ...facts } = FACTS
  const { lines } = messageOf(told({ kind: 'resumed', facts }), reader(), false)
  expect(lines[0]).toBe('Entries are allowed again (ended: limit:max_daily_loss).')
})

test('a message that may come twice says so', () => {
  expect(messageOf(told(), reader(), true).lines.at(-1)).toContain('may come twice')
  expect(digestOf([plain(), plain()], reader(), true).lines.at(-1)).toContain('may come twice')
})

describe('a digest', () => {
  test('counts all, and begins with the worst', () => {
    const mild = Array.from({ length: 9_999 }, (_, index) =>
      plain({ kind: 'warning', severity: 'warning', trader: `bot${index}` }),
    )
    const { title, lines, severity } = digestOf([...mild, plain({ trader: 'worst' })], reader(), false)
    expect(title).toBe('10,000 messages, 1 of them critical')
    expect(severity).toBe('critical')
    expect(lines[0]).toContain('worst')
    expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(20)
    expect(lines).toContain('... and 9,980 more')
  })

  const AT = Date.UTC(2026, 2, 12, 13)
  const broken = (version: number, trader = 'm1') => alert({ trader, version, at: AT + version * 1_000 })
  const over = (version: number, trader = 'm1') =>
    alert({ kind: 'resumed', severity: 'info', trader, version, at: AT + version * 1_000 }, 'resolved')
  const silence = (version: number) => alert({ kind: 'silent', severity: 'warning', version }, 'first', 'silent')
  const heard = (version: number) => alert({ kind: 'restored', severity: 'info', version }, 'resolved', 'silent')
  const items = (all: readonly DigestTold[], more: Partial<Reader> = {}) =>
    digestOf(all, reader(more), false).lines.filter((line) => line.startsWith('- '))

  test('says of each alert how it is now, in order by trader, with time and version', () => {
    expect(items([broken(2), silence(5), heard(6), over(3), broken(4), silence(7)])).toEqual([
      '- m1: max_daily_loss broken (4.99 %); entries are blocked until 13 Mar 2026, 00:00:00 CET (event 4, 12 Mar 2026, 14:00:04 CET)',
      '- bot1: silent; entries are blocked (event 7, 12 Mar 2026, 14:00:00 CET)',
    ])
  })

  test('says of what is over how it began, and of two alerts that one event ends so once', () => {
    const both = { ...over(3), alsoEnds: ['breach:max_drawdown'] }
    const drawdown = alert({ trader: 'm1', version: 2, part: 'breach-1', facts: { ...FACTS, rule: 'max_drawdown' } })
    const began = { ...drawdown, alert: 'breach:max_drawdown' }
    expect(items([broken(2), began, both]).map((line) => line.replace(/[;(].*/, ''))).toEqual([
      '- m1: max_daily_loss broken ',
      '- m1: max_drawdown broken ',
      '- Over: m1: resumed ',
    ])
  })

  test.each([
    ['en', 'Open positions stay open', 'Acknowledge: https://d.example/alerts', 'To resume: '],
    ['de', 'Offene Positionen bleiben offen', 'Bestätigen: https://d.example/alerts', 'Fortsetzen: '],
  ] as const)('says in %s what was not done, how to acknowledge and how to resume', (language, ...expected) => {
    const text = digestOf([broken(2), broken(2, 'm2')], reader({ language }), false).lines.join('\n')
    for (const part of expected) expect(text).toContain(part)
    const ended = digestOf([over(3), over(3, 'm2')], reader({ language }), false).lines.join('\n')
    for (const part of expected) expect(ended).not.toContain(part)
  })

  test('without an address of the console says by which command', () => {
    const { lines } = digestOf([broken(2), broken(2, 'm2')], reader({ consoleUrl: null }), false)
    expect(lines).toContain('Acknowledge: in the console, or npm run drawbridge -- notify --acknowledge TRADER')
  })

  test.each([2_000, 3_000])('fits into %i characters, and what is below the list is whole', (textMax) => {
    const all = Array.from({ length: 50 }, (_, index) => broken(2, `a-trader-with-a-long-name-${index}`))
    const { title, lines } = digestOf(all, reader({ textMax }), true)
    const shown = lines.filter((line) => line.startsWith('- ')).length
    expect([title, ...lines].join('\n').length).toBeLessThan(textMax)
    expect(shown).toBeGreaterThan(5)
    expect(lines).toContain(`... and ${50 - shown} more`)
    expect(lines.at(-1)).toContain('may come twice')
  })
})

describe('of events', () => {
  test('a breach is critical, and a warning; while enforcement is off, a breach is a warning', () => {
    const log = new TraderLog('bot1')
    log.tick(1_000)
    const kinds = [915, 890].flatMap((equity) => noticesOf(log.tick(equity), SETTINGS))
    expect(kinds.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(['warning warning', 'breach critical'])
  })

  test('an ordinary reading tells nothing', () => {
    const log = new TraderLog('bot1')
    expect(noticesOf(log.tick(1_000), SETTINGS).filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(noticesOf(log.tick(1_001), SETTINGS)).toEqual([])
  })

  test('a resume in a chat names who sent it, as any other author', () => {
    const by = (author: object) => {
      const log = new TraderLog('bot1')
      log.tick(1_000)
      log.control({ kind: 'pause', by: 'ann', reason: 'r', until: null, firm: false })
      const resume = { kind: 'resume', holders: ['ann'], rebase: false, admin: false, reason: null, by: null } as const
      return noticesOf(log.control({ ...resume, ...author }), SETTINGS).map(({ facts }) => facts.by)
    }
    expect(by({ by: 'telegram', onBehalfOf: 'telegram:7' })).toEqual(['telegram:7'])
    expect(by({ by: 'ben', onBehalfOf: 'telegram:7' })).toEqual(['ben (telegram:7)'])
  })

  test('a resume of a trader that has become silent says so, and one of a trader that reports does not', () => {
    const after = (ms: number) => {
      const log = new TraderLog('bot1')
      log.tick(1_000)
      log.control({ kind: 'pause', by: 'ann', reason: 'r', until: null, firm: false })
      log.wait(ms)
      const resume = { kind: 'resume', holders: ['ann'], rebase: false, admin: false, reason: null, by: 'ann' } as const
      return noticesOf(log.control(resume), SETTINGS).map(({ kind, facts }) => [kind, facts.stillBlocked])
    }
    expect(after(0)).toEqual([['resumed', undefined]])
    expect(after(3_600_000)).toEqual([['resumed', 'silent']])
  })

  test('a pause by an operator names who and why', () => {
    const log = new TraderLog('bot1')
    log.tick(1_000)
    const event = log.control({
      kind: 'pause',
      by: 'ann',
      reason: 'news',
      until: null,
      name: null,
      firm: false,
    } as never)
    expect(noticesOf(event, SETTINGS)).toMatchObject([
      { kind: 'paused', severity: 'info', facts: { by: 'ann', reason: 'news', until: null } },
    ])
  })
})
