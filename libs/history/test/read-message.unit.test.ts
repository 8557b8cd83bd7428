import {
  encodeConfigEvent,
  encodeRemoved,
  encodeRiskEvent,
  encodeSettled,
  type RiskEvent,
  type RiskEventMessage,
  riskEventToMessage,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decideConfiguration } from '@drawbridge/risk-engine'
import { messageOf, START, TraderLog } from '@drawbridge/testing/trader-log'
import { expect, test } from 'vitest'
import { readMessage } from '../src/core/read-message.ts'

function withLimitTwice(event: RiskEvent): RiskEventMessage {
  const message = riskEventToMessage(event)
  const { limitStates = [] } = message.state
  return { ...message, state: { ...message.state, limitStates: [...limitStates, ...limitStates.slice(0, 1)] } }
}

const bytes = (text: string) => new TextEncoder().encode(text)

test('an event is read into a row with its place in the stream and its trace', () => {
  const event = new TraderLog('bot1').tick(1000)
  const trace = '0af7651916cd43dd8448eb211c80319c'

  const reading = readMessage(messageOf(event, 17, `00-${trace}-b7ad6b7169203331-01`))

  expect(reading).toMatchObject({ kind: 'event', row: { trader_id: 'bot1', stream_seq: 17, trace_id: trace } })
})

test('a trace header that is not valid is left out', () => {
  const reading = readMessage(messageOf(new TraderLog('bot1').tick(1000), 1, 'garbage'))

  expect(reading).toMatchObject({ kind: 'event', row: { trace_id: null } })
})

test('flags and limits are read into configuration rows with the wire form as their document', () => {
  const flags = { kind: 'flags', enforcement: false, persistence: null, reason: 'drill', by: 'ann' } as const
  const event = decideConfiguration(BUILT_IN_CONFIGURATION, flags, 5, START)
  const data = encodeConfigEvent(event)

  const reading = readMessage({ subject: subjects.config('flags'), data, seq: 9, traceparent: '' })

  expect(reading).toEqual({
    kind: 'config',
    row: {
      kind: 'flags',
      input_seq: 5,
      stream_seq: 9,
      recorded_at: '2026-03-12T14:00:00.000Z',
      reason: 'drill',
      by: 'ann',
      detail: new TextDecoder().decode(data),
    },
  })
})

test('that an input was removed leaves nothing to keep', () => {
  const data = encodeRemoved({ inputSeq: 3, subject: subjects.tick('bot1'), reason: 'harms', by: 'alice' })
  const reading = readMessage({ subject: subjects.config('removed'), data, seq: 1, traceparent: '' })

  expect(reading).toEqual({ kind: 'nothing' })
})

test('a settled watermark leaves nothing to keep', () => {
  const reading = readMessage({
    subject: subjects.config('settled'),
    data: encodeSettled({ settled: 3, inputsCreated: '' }),
    seq: 1,
    traceparent: '',
  })

  expect(reading).toEqual({ kind: 'nothing' })
})

test.each([
  ['that is not JSON', subjects.event('assessed', 'bot1'), bytes('not json'), /not JSON/],
  ['that lacks its fields', subjects.event('assessed', 'bot1'), bytes('{"schema":1}'), /type/],
  ['of another schema', subjects.event('assessed', 'bot1'), bytes('{"schema":2}'), /schema/],
  ['with flags that are not flags', subjects.config('flags'), bytes('{}'), /schema/],
  ['on an unknown configuration', 'risk.config.colours', bytes('{}'), /subject/],
  ['on a subject of too many parts', 'risk.assessed.bot1.more', bytes('{}'), /subject/],
  [
    'on the subject of another trader',
    subjects.event('assessed', 'bot2'),
    encodeRiskEvent(new TraderLog('bot1').tick(1000)),
    /belongs on risk\.assessed\.bot1/,
  ],
  [
    'on the subject of another type',
    subjects.event('breach', 'bot1'),
    encodeRiskEvent(new TraderLog('bot1').tick(1000)),
    /belongs on risk\.assessed\.bot1/,
  ],
  [
    'that has a limit twice',
    subjects.event('assessed', 'bot1'),
    toJsonBytes(withLimitTwice(new TraderLog('bot1').tick(1000))),
    /^state\.limitStates has max_daily_loss twice$/,
  ],
])('a message %s is refused with the reason', (_, subject, data, reason) => {
  const reading = readMessage({ subject, data, seq: 1, traceparent: '' })

  expect(reading).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) })
})
