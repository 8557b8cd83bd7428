import { describe, expect, test } from 'vitest'
import { check } from './check.ts'
import type { ClientRecord, EventFacts, Evidence, Input, StoredEvent } from './evidence.ts'

const BEGAN = Date.parse('2026-03-12T20:00:00.000Z')
const at = (second: number) => new Date(BEGAN + second * 1_000).toISOString()

const tick = (seq: number, trader: string, tickSeq: number, equity: string): Input => ({
  seq,
  subject: `equity.tick.${trader}`,
  payload: JSON.stringify({ equity, seq: tickSeq }),
  recordedAt: at(seq),
})
const word = (seq: number, subject: string, reason: string): Input => ({
  ...{ seq, subject, recordedAt: at(seq) },
  payload: JSON.stringify({ reason, by: 'ada' }),
})
const event = (
  seq: number,
  { trader, version, type, inputSeq, tickSeq, equity, paused }: Omit<EventFacts, 'recordedAt'>,
): StoredEvent => ({
  ...{ trader, version, type, inputSeq, tickSeq, equity, paused },
  ...{ recordedAt: at(inputSeq), seq, storedAt: BEGAN + inputSeq * 1_000 + 5 },
})

const inputs: readonly Input[] = [
  tick(1, 'bot1', 1, '1000'),
  tick(2, 'bot2', 1, '500'),
  word(3, 'command.http.pause.bot1', 'holiday'),
  tick(4, 'bot1', 2, '1001.5'),
  word(5, 'command.http.flags', 'test'),
  word(20, 'command.http.resume.bot1', 'back'),
  tick(21, 'bot1', 3, '1002'),
]
const paused = event(4, {
  ...{ trader: 'bot1', version: 2, type: 'paused', inputSeq: 3, tickSeq: null, equity: '1000', paused: true },
})
const events: readonly StoredEvent[] = [
  event(2, { trader: 'bot1', version: 1, type: 'assessed', inputSeq: 1, tickSeq: 1, equity: '1000', paused: false }),
  event(3, { trader: 'bot2', version: 1, type: 'assessed', inputSeq: 2, tickSeq: 1, equity: '500', paused: false }),
  paused,
  event(5, { trader: 'bot1', version: 3, type: 'assessed', inputSeq: 4, tickSeq: 2, equity: '1001.5', paused: true }),
  event(7, {
    ...{ trader: 'bot1', version: 4, type: 'resumed', inputSeq: 20, tickSeq: null, equity: '1001.5', paused: false },
  }),
  event(8, { trader: 'bot1', version: 5, type: 'assessed', inputSeq: 21, tickSeq: 3, equity: '1002', paused: false }),
]
const row = ({ seq: _seq, storedAt: _storedAt, ...facts }: StoredEvent): EventFacts => facts
const look = (trader: string, second: number, allowed: boolean) => ({
  ...{ trader, allowed, askedAt: BEGAN + second * 1_000, answeredAt: BEGAN + second * 1_000 + 10 },
})
const client: ClientRecord = {
  ticks: [
    { trader: 'bot1', tickSeq: 1, equity: '1000', sentAt: BEGAN, inputSeq: 1 },
    { trader: 'bot2', tickSeq: 1, equity: '500', sentAt: BEGAN, inputSeq: null },
    { trader: 'bot1', tickSeq: 2, equity: '1001.5', sentAt: BEGAN, inputSeq: 4 },
  ],
  commands: [
    {
      ...{ reason: 'holiday', subject: 'command.http.pause.bot1', sentAt: BEGAN, status: 200, input: 3 },
      event: { of: 'trader', facts: row(paused) },
    },
    {
      ...{ reason: 'test', subject: 'command.http.flags', sentAt: BEGAN, status: 200, input: 5 },
      event: { of: 'all', facts: { kind: 'flags', inputSeq: 5 } },
    },
    { reason: 'back', subject: 'command.http.resume.bot1', sentAt: BEGAN, status: 202, input: 20, event: null },
  ],
  looks: [look('bot1', 2, true), look('bot1', 6, true), look('bot1', 7, false), look('bot1', 22, true)],
  exits: [],
  heard: [1, 3].map((at) => row(events[at] as StoredEvent)),
  traderKilledAt: [],
  reportedMissing: [],
  lostInputs: [],
}
const sound: Evidence = {
  ...{ leaseMs: 3_000, pollMs: 100, inputs, events, client },
  configEvents: [{ kind: 'flags', inputSeq: 5 }],
  configHistory: [{ kind: 'flags', inputSeq: 5 }],
  history: events.map(row),
  snapshot: [5, 1].map((at) => row(events[at] as StoredEvent)),
}

/** The checker's result for evidence that differs in this way from sound evidence. */
const promises = (changes: Partial<Evidence>) => check({ ...sound, ...changes }).map(({ promise }) => promise)
const withClient = (changes: Partial<ClientRecord>) => promises({ client: { ...client, ...changes } })
const without = <T>(list: readonly T[], index: number) => list.filter((_, at) => at !== index)
const changed = <T>(list: readonly T[], index: number, change: Partial<T>) =>
  list.map((one, at) => (at === index ? { ...one, ...change } : one))

test('what is sound breaks no promise', () => {
  expect(check(sound)).toEqual([])
})

describe('the checker sees', () => {
  test('an acknowledged input that is lost, or is another', () => {
    const lost = promises({ inputs: without(inputs, 3) })
    expect(lost).toContain('an acknowledged input is in INPUTS')
    const other = changed(inputs, 0, { payload: '{"equity": "999", "seq": 1}' })
    expect(promises({ inputs: other })).toContain('an acknowledged input is in INPUTS')
  })

  test('a tick that was taken by HTTP and is lost though its service ran on', () => {
    const ticks = [...client.ticks, { trader: 'bot2', tickSeq: 2, equity: '501', sentAt: BEGAN + 100, inputSeq: null }]
    expect(withClient({ ticks })).toEqual(['an acknowledged input is in INPUTS'])
    expect(withClient({ ticks, traderKilledAt: [BEGAN + 50] })).toEqual(['an acknowledged input is in INPUTS'])
    // Killed later, it may have lost what waited in it.
    expect(withClient({ ticks, traderKilledAt: [BEGAN + 150] })).toEqual([])
  })

  test('a tick that is there twice', () => {
    const twice = [...inputs, tick(22, 'bot1', 3, '1002')]
    expect(promises({ inputs: twice })).toContain('what is sent twice is kept once')
    const muchLater = [...inputs, tick(31, 'bot1', 3, '1002')]
    expect(promises({ inputs: muchLater })).not.toContain('what is sent twice is kept once')
  })

  test('a missing event', () => {
    const missing = promises({ events: without(events, 5), history: without(sound.history, 5) })
    expect(missing).toContain('a tick has exactly one event')
  })

  test('a doubled version, and a second event of one input', () => {
    const doubled = promises({ events: [...events, { ...(events[5] as StoredEvent), seq: 9 }] })
    expect(doubled).toEqual(['versions have neither gap nor repetition'])
    const second = { ...(events[5] as StoredEvent), seq: 9, version: 6 }
    const found = promises({ events: [...events, second], history: [...sound.history, row(second)] })
    expect(found).toContain('a tick has exactly one event')
    expect(found).toContain('events follow their inputs')
  })

  test('a gap in versions', () => {
    const gap = changed(events, 5, { version: 6 })
    expect(promises({ events: gap })).toContain('versions have neither gap nor repetition')
  })

  test('an event that says something else than its input', () => {
    expect(promises({ events: changed(events, 0, { equity: '1' }) })).toContain('an event says what its input says')
    const later = changed(events, 0, { recordedAt: at(2) })
    expect(promises({ events: later })).toContain('an event says what its input says')
  })

  test('an event of flags that resumes nobody', () => {
    const facts = { trader: 'bot2', version: 2, inputSeq: 5, tickSeq: null, equity: '500', paused: false }
    const withFlags = (type: string) => {
      const one = event(9, { ...facts, type })
      const snapshot = [...sound.snapshot.slice(0, 1), row(one)]
      return promises({ events: [...events, one], history: [...sound.history, row(one)], snapshot })
    }
    expect(withFlags('resumed')).toEqual([])
    expect(withFlags('breach')).toEqual([])
    expect(withFlags('assessed')).toEqual(['an event says what its input says'])
  })

  test.each([
    ['type', { type: 'breach' }],
    ['equity', { equity: '1' }],
    ['pause', { paused: false }],
    ['time', { recordedAt: at(9) }],
  ] as const)('a row with another %s', (_, change) => {
    expect(promises({ history: changed(sound.history, 2, change) })).toEqual(['a row is its event'])
  })

  test('a row that is missing, doubled, or of no event', () => {
    expect(promises({ history: without(sound.history, 3) })).toEqual(['a row is its event'])
    expect(promises({ history: [...sound.history, row(paused)] })).toEqual(['a row is its event'])
    const stranger = { ...row(paused), version: 9 }
    expect(promises({ history: [...sound.history, stranger] })).toEqual(['a row is its event'])
  })

  test('an event that was heard and is not stored, or not as it was heard', () => {
    const unstored = [...client.heard, { ...row(paused), version: 9 }]
    expect(withClient({ heard: unstored })).toEqual(['only what is stored is heard'])
    expect(withClient({ heard: [{ ...row(paused), paused: false }] })).toEqual(['only what is stored is heard'])
  })

  test('a snapshot that is not the newest row', () => {
    expect(promises({ snapshot: sound.history.slice(0, 2) })).toEqual(['the snapshot is the newest row'])
  })

  test('a gate that is open after a pause', () => {
    const open = withClient({ looks: [...client.looks, look('bot1', 6.2, true)] })
    expect(open).toEqual(['a gate is closed within the lease after a pause'])
  })

  test('a trader that is not held while all are paused', () => {
    const all = (seq: number, pause_all: object | null): Input => ({
      ...{ seq, subject: 'command.http.flags', recordedAt: at(seq) },
      payload: JSON.stringify({ pause_all, reason: 'storm', by: 'ada' }),
    })
    const promise = ['a pause of all holds each trader']
    const found = (...more: readonly Input[]) => promises({ inputs: [...inputs, ...more] })
    // Only the tick of input 21 comes after input 20, and it is allowed.
    expect(found(all(20.5, {}))).toEqual(promise)
    expect(found(all(20.5, { until: at(60) }))).toEqual(promise)
    expect(found(all(20.5, { until: at(21) }))).toEqual([])
    expect(found(all(20.5, { until: at(20) }))).toEqual([])
    expect(found(all(20.5, {}), all(20.6, { until: at(21) }))).toEqual(promise)
    expect(found(all(20.5, {}), all(20.6, null))).toEqual([])
    const lost = { after: 20, lastKeptAt: BEGAN + 20_000, sentBefore: BEGAN + 30_000 }
    expect(promises({ inputs: [...inputs, all(20.5, {})], client: { ...client, lostInputs: [lost] } })).toEqual([])
  })

  test('a refused exit', () => {
    const refused = withClient({ exits: [{ trader: 'bot1', askedAt: BEGAN, answer: '503 busy' }] })
    expect(refused).toEqual(['an exit is never refused'])
  })

  test('a command whose event is missing or another', () => {
    const promise = 'a command that is answered with 200 has its event'
    expect(promises({ configEvents: [], configHistory: [] })).toEqual([promise])
    const other = changed(client.commands, 0, { event: { of: 'trader', facts: { ...row(paused), type: 'breach' } } })
    expect(withClient({ commands: other })).toEqual([promise])
  })

  test('a command that is lost, or is there twice', () => {
    expect(promises({ inputs: without(inputs, 5) })).toContain('an acknowledged input is in INPUTS')
    const twice = [...inputs, word(22, 'command.http.resume.bot1', 'back')]
    expect(promises({ inputs: twice })).toEqual(['a command is one input'])
  })
})

describe('INPUTS that has lost its end', () => {
  // Inputs 20 and 21 were lost; they had been decided.
  const left = inputs.slice(0, 5)
  const lost = { after: 5, lastKeptAt: BEGAN + 5_000, sentBefore: BEGAN + 30_000 }

  test('has neither what was sent before, nor the inputs of events', () => {
    const ticks = [
      ...client.ticks,
      { trader: 'bot1', tickSeq: 3, equity: '1002', sentAt: BEGAN + 21_000, inputSeq: 21 },
    ]
    const all = { inputs: left, client: { ...client, ticks } }
    expect(promises(all)).toContain('an acknowledged input is in INPUTS')
    expect(promises(all)).toContain('an event says what its input says')
    expect(promises({ ...all, client: { ...all.client, lostInputs: [lost] } })).toEqual([])
  })

  test('has what was sent later, and what lies before', () => {
    const later = { trader: 'bot1', tickSeq: 3, equity: '1002', sentAt: BEGAN + 31_000, inputSeq: 21 }
    const found = { inputs: left, client: { ...client, ticks: [...client.ticks, later], lostInputs: [lost] } }
    expect(promises(found)).toEqual(['an acknowledged input is in INPUTS'])
    expect(promises({ inputs: without(left, 3), client: { ...client, lostInputs: [lost] } })).toContain(
      'an acknowledged input is in INPUTS',
    )
  })

  test('may hold a command twice that was sent on both sides of the loss', () => {
    const twice = [...inputs, word(42, 'command.http.resume.bot1', 'back')]
    const resumed = event(9, {
      ...{ trader: 'bot1', version: 6, type: 'resumed', inputSeq: 42, tickSeq: null, equity: '1002', paused: false },
    })
    const all = { events: [...events, resumed], history: [...sound.history, row(resumed)] }
    const snapshot = [row(resumed), ...sound.snapshot.slice(1)]
    const given = { ...all, snapshot, inputs: twice }
    expect(promises(given)).toEqual(['a command is one input'])
    const between = { ...lost, after: 30 }
    expect(promises({ ...given, client: { ...client, lostInputs: [between] } })).toEqual([])
  })
})

describe('a log that was adopted', () => {
  const carried = events.slice(3).map((one) => ({ ...one, storedAt: BEGAN + 60_000 }))
  const other = { ...(events[1] as StoredEvent), storedAt: BEGAN + 60_000 }
  const adopted = [other, ...carried]

  test('has what was before it in the history', () => {
    expect(promises({ events: adopted })).toEqual([])
  })

  test('may lack what was reported as missing, and nothing else', () => {
    const history = without(sound.history, 0)
    const lost = { events: adopted, history }
    expect(promises(lost)).toEqual(['a tick has exactly one event', 'versions have neither gap nor repetition'])
    const reportedMissing = [{ trader: 'bot1', from: 1, to: 1 }]
    expect(promises({ ...lost, client: { ...client, reportedMissing } })).toEqual([])
  })

  test('leaves a gate closed after a pause that it does not hold any more', () => {
    const open = { ...client, looks: [look('bot1', 9, true)] }
    expect(promises({ events: adopted, client: open })).toEqual(['a gate is closed within the lease after a pause'])
  })
})
