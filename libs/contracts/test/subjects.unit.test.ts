import {
  CONFIG_EVENT_KINDS,
  headerNames,
  isSampled,
  parseEventSubject,
  parseInputSubject,
  stored,
  streamSettings,
  streams,
  subjects,
  TRADER_EVENT_TYPES,
  traceContextOf,
  traceIdOf,
} from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

describe('the subjects of inputs', () => {
  const nobody = { kind: 'nobody' } as const
  const ann = { kind: 'user', user: 'ann' } as const

  it.each([
    [subjects.tick('bot1'), 'equity.tick.bot1', { kind: 'tick', trader: 'bot1' }],
    [
      subjects.control('pause', 'bot1'),
      'control.pause.bot1',
      { kind: 'command', command: 'pause', trader: 'bot1', signer: nobody },
    ],
    [
      subjects.control('resume', 'b'),
      'control.resume.b',
      { kind: 'command', command: 'resume', trader: 'b', signer: nobody },
    ],
    [
      subjects.control('limits', 'b'),
      'control.limits.b',
      { kind: 'command', command: 'limits', trader: 'b', signer: nobody },
    ],
    [
      subjects.control('cash-flow', 'b'),
      'control.cash-flow.b',
      { kind: 'command', command: 'cash-flow', trader: 'b', signer: nobody },
    ],
    [
      subjects.control('wake', 'b'),
      'control.wake.b',
      { kind: 'command', command: 'wake', trader: 'b', signer: nobody },
    ],
    [subjects.controlLimits, 'control.limits', { kind: 'limits', signer: nobody }],
    [subjects.controlFlags, 'control.flags', { kind: 'flags', signer: nobody }],
    [
      subjects.command('ann', 'pause', 'b'),
      'command.ann.pause.b',
      { kind: 'command', command: 'pause', trader: 'b', signer: ann },
    ],
    [subjects.commandLimits('ann'), 'command.ann.limits', { kind: 'limits', signer: ann }],
    [subjects.commandFlags('ann'), 'command.ann.flags', { kind: 'flags', signer: ann }],
    [subjects.commandFlags('http'), 'command.http.flags', { kind: 'flags', signer: { kind: 'http' } }],
  ])('%s is read back', (subject, spelled, address) => {
    expect(subject).toBe(spelled)
    expect(parseInputSubject(subject)).toEqual(address)
  })

  it('keeps a bad trader id whole, so that it can be refused by name', () => {
    expect(parseInputSubject('equity.tick.a.b')).toEqual({ kind: 'tick', trader: 'a.b' })
    expect(parseInputSubject('equity.tick.')).toEqual({ kind: 'tick', trader: '' })
  })

  it.each([
    'equity.tick',
    'equity.tock.bot1',
    'control',
    'control.pause',
    'control.flags.bot1',
    'control.pause.a.b',
    'command',
    'command.ann',
    'command.ann.pause',
    'command.ann.wake.bot1',
    'command.ann.flags.bot1',
    'command.ann.pause.a.b',
    'command..flags',
    'command.a:b.flags',
    'x',
  ])('%s addresses nothing', (subject) => {
    expect(parseInputSubject(subject)).toEqual({ kind: 'unknown' })
  })
})

describe('the subjects of events', () => {
  it.each(TRADER_EVENT_TYPES)('%s of a trader is stored where it is heard', (type) => {
    expect(subjects.out(type, 'bot1')).toBe(`guardian.out.${type}.bot1`)
    expect(stored(subjects.out(type, 'bot1'))).toBe(subjects.event(type, 'bot1'))
    expect(parseEventSubject(subjects.event(type, 'bot1'))).toEqual({ kind: 'trader', trader: 'bot1' })
    expect(subjects.traderLog('bot1')).toBe('risk.*.bot1')
  })

  it.each(CONFIG_EVENT_KINDS)('%s of the configuration is stored where it is heard', (kind) => {
    expect(stored(subjects.outConfig(kind))).toBe(subjects.config(kind))
    expect(parseEventSubject(subjects.config(kind))).toEqual({ kind: 'config', config: kind })
  })

  it.each(['risk', 'risk.breach', 'risk.breach.a.b', 'risk.config.other', 'other.breach.a', 'riskbreach.a.b'])(
    '%s is no event',
    (subject) => {
      expect(parseEventSubject(subject)).toEqual({ kind: 'unknown' })
    },
  )
})

describe('the streams', () => {
  const settings = (name: string) => {
    const found = streamSettings(3).find((stream) => stream.name === name)
    if (found === undefined) throw new Error(`no stream ${name}`)
    return found
  }

  it('are three, of the replicas asked for; those that decide refuse what they cannot keep, rejects make room', () => {
    expect(streamSettings(3).map((stream) => stream.name)).toEqual(['INPUTS', 'RISK', 'REJECTS'])
    for (const stream of streamSettings(1)) {
      const discard = stream.name === 'REJECTS' ? 'old' : 'new'
      expect(stream).toMatchObject({ num_replicas: 1, retention: 'limits', storage: 'file', discard })
    }
  })

  it('INPUTS is bound to whole trees, so that a bad name is stored and refused, and kept for 7 days', () => {
    expect(settings(streams.inputs)).toMatchObject({
      subjects: ['equity.>', 'control.>', 'command.>'],
      max_age: 7 * 24 * 3600 * 1e9,
      num_replicas: 3,
    })
  })

  it('RISK is kept for good: nothing is deleted, purged or aged', () => {
    const risk = settings(streams.risk)
    expect(risk).toMatchObject({ deny_delete: true, deny_purge: true })
    expect(risk.max_age).toBeUndefined()
  })

  it('RISK stores what guardians say as risk.>, and only what is stored is heard, under the same name', () => {
    expect(settings(streams.risk)).toMatchObject({
      subjects: ['guardian.out.>'],
      subject_transform: { src: 'guardian.out.>', dest: 'risk.>' },
      republish: { src: 'risk.>', dest: 'risk.>' },
    })
  })

  it('REJECTS keeps the original of what no log can hold', () => {
    expect(settings(streams.rejects).subjects).toEqual(['rejects.>'])
    expect(subjects.rejects(streams.inputs)).toBe('rejects.INPUTS')
  })
})

describe('headers', () => {
  it('name the expectation as JetStream does', () => {
    expect(headerNames.expectedLastSubjectSequence).toBe('Nats-Expected-Last-Subject-Sequence')
    expect(headerNames.expectedLastSubjectSequenceSubject).toBe('Nats-Expected-Last-Subject-Sequence-Subject')
  })

  it.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', null],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7', null],
    ['00-4bf92f-00f067aa0ba902b7-01', null],
    ['', null],
    ['nonsense', null],
  ])('the trace id of %j is %s', (traceparent, traceId) => {
    expect(traceIdOf(traceparent)).toBe(traceId)
  })
})

describe('a traceparent', () => {
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']

  it.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-03`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-02`, false],
    ['', false],
    ['of no use', false],
  ])('%j is sampled: %s', (traceparent, sampled) => {
    expect(isSampled(traceparent)).toBe(sampled)
  })

  it('says trace, span and whether it is sampled', () => {
    expect(traceContextOf(`00-${traceId}-${spanId}-03`)).toEqual({ traceId, spanId, traceFlags: 1 })
  })

  it.each(['', 'of no use', `00-${'0'.repeat(32)}-${spanId}-01`, `00-${traceId}-${'0'.repeat(16)}-01`])(
    '%j says nothing',
    (traceparent) => expect(traceContextOf(traceparent)).toBeNull(),
  )
})
