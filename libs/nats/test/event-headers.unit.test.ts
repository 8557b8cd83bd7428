import { headerNames, stored, streamSettings, subjects, TRADER_EVENT_TYPES } from '@drawbridge/contracts'
import { MsgHdrsImpl } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { eventHeaders as encodedHeaders, HeaderBlock } from '../src/event-headers.ts'

/** As the server reads them. */
function eventHeaders(...args: Parameters<typeof encodedHeaders>): MsgHdrsImpl {
  return MsgHdrsImpl.decode(new HeaderBlock(encodedHeaders(...args)).encode())
}

/** NATS's rule: `*` is any one token, `>` is one or more at the end. */
function covers(filter: string, subject: string): boolean {
  const wanted = filter.split('.')
  const tokens = subject.split('.')
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false
  }
  return wanted.length === tokens.length
}

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const traders = ['a', 'bot1', 'A_b-9', 'config', 'breach', '-', 'x'.repeat(64)]

describe('the headers of an event', () => {
  it.each(TRADER_EVENT_TYPES)('expect the end of the log that keeps %s, which no other trader writes', (type) => {
    for (const trader of traders) {
      const built = eventHeaders(subjects.traderLog(trader), 5, 4, 'g1', TRACEPARENT)
      const filter = built.get(headerNames.expectedLastSubjectSequenceSubject)
      expect(covers(filter, stored(subjects.out(type, trader)))).toBe(true)
      expect(stored(subjects.out(type, trader))).toBe(subjects.event(type, trader))
      for (const other of traders) {
        if (other !== trader) expect(covers(filter, subjects.event(type, other))).toBe(false)
      }
    }
  })

  it.each(['flags', 'limits', 'settled'] as const)(
    'expect the end of the log of configuration that keeps %s',
    (kind) => {
      const built = eventHeaders(subjects.config(kind), 0, 0, 'g1', '')
      const filter = built.get(headerNames.expectedLastSubjectSequenceSubject)
      expect(stored(subjects.outConfig(kind))).toBe(filter)
      for (const trader of traders) expect(covers(subjects.traderLog(trader), filter)).toBe(false)
    },
  )

  it('say how far all is settled, who published and, where there is one, the trace', () => {
    const built = eventHeaders('risk.*.bot1', 5, 4, 'g1', TRACEPARENT)
    expect(built.get(headerNames.expectedLastSubjectSequence)).toBe('5')
    expect(built.get(headerNames.settled)).toBe('4')
    expect(built.get(headerNames.guardian)).toBe('g1')
    expect(built.get(headerNames.traceparent)).toBe(TRACEPARENT)
    expect(eventHeaders('risk.*.bot1', 0, 0, 'g1', '').has(headerNames.traceparent)).toBe(false)
  })

  it('have no id: duplicates are refused by the expectation alone', () => {
    expect(eventHeaders('risk.*.bot1', 0, 0, 'g1', '').has(headerNames.messageId)).toBe(false)
  })

  it('fit the transform of the stream', () => {
    const risk = streamSettings(1).find(({ name }) => name === 'RISK')
    expect(risk?.subjects).toEqual([subjects.outAll])
    expect(risk?.subject_transform).toEqual({ src: subjects.outAll, dest: subjects.storedAll })
  })
})
