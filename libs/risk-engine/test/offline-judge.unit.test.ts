import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { type InputMessage, type Judgement, OfflineJudge, storedEvent } from '@drawbridge/risk-engine'
import { expect, test } from 'vitest'

const START = Date.UTC(2026, 2, 12)

/** Messages of an input log, one a second. */
function inputLog() {
  let seq = 0
  return (subject: string, payload: object | string): InputMessage => {
    seq += 1
    const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : toJsonBytes(payload)
    return { subject, seq, time: START + seq * 1_000, data }
  }
}

function judgeAndTake(judge: OfflineJudge, input: InputMessage): Judgement {
  const judged = judge.judge(input)
  for (const event of judged.events) judge.take(event)
  return judged
}

function subjectsOf({ events }: Judgement): readonly string[] {
  return events.map((event) => storedEvent(event).subject)
}

test('judging changes nothing until what came of it is taken', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]
  const input = message(subjects.tick('bot1'), { equity: 1000 })

  const first = judge.judge(input)

  expect(judge.stateOf('bot1')).toBeUndefined()
  expect(judge.judge(input)).toEqual(first)
  judgeAndTake(judge, input)
  expect(judge.stateOf('bot1')).toMatchObject({ version: 1, inputSeq: 1 })
  expect(judge.judge(input)).toEqual({ events: [], rejected: false })
})

test('each input is judged by the configuration before it, and a switch of enforcement concerns whom limits hold', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]
  const log = [
    message(subjects.controlLimits, { max_daily_loss: 5 }),
    message(subjects.tick('calm'), { equity: 1000 }),
    message(subjects.tick('loser'), { equity: 1000 }),
    message(subjects.tick('loser'), { equity: 900 }),
    message(subjects.controlFlags, { enable_risk_enforcement: false }),
    message(subjects.tick('loser'), { equity: 900 }),
  ]

  expect(log.map((input) => subjectsOf(judgeAndTake(judge, input)))).toEqual([
    ['risk.config.limits'],
    ['risk.assessed.calm'],
    ['risk.assessed.loser'],
    ['risk.breach.loser'],
    ['risk.config.flags', 'risk.resumed.loser'],
    ['risk.assessed.loser'],
  ])
})

test('what the log holds instead of what was judged is gone on from', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]
  const [event] = judge.judge(message(subjects.tick('bot1'), { equity: 1000 })).events
  if (event === undefined || 'kind' in event) throw new Error('a tick makes an event')
  judge.take({ ...event, state: { ...event.state, version: 7, equity: 5n } })

  const [next] = judge.judge(message(subjects.tick('bot1'), { equity: 1000 })).events

  expect(next).toMatchObject({ state: { version: 8, inputSeq: 2 } })
})

test.each([
  ['an unknown subject', 'control.nothing.bot1', {}],
  ['a reserved trader', subjects.tick('flags'), { equity: 1 }],
  ['a command that cannot be read', subjects.control('pause', 'bot1'), 'garbage'],
  ['a command that cannot be obeyed', subjects.control('resume', 'bot1'), { by: 'ada' }],
  ['flags that cannot be read', subjects.controlFlags, { enable_everything: true }],
  ['limits that cannot be read', subjects.controlLimits, 'garbage'],
])('%s makes nothing and is rejected', (_, subject, payload) => {
  expect(new OfflineJudge().judge(inputLog()(subject, payload))).toEqual({ events: [], rejected: true })
})

test('a tick that cannot be read makes an event, and a wake-up that came early makes nothing', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]

  expect(subjectsOf(judgeAndTake(judge, message(subjects.tick('bot1'), '\u0007')))).toEqual(['risk.tick-rejected.bot1'])
  expect(judge.judge(message(subjects.control('wake', 'bot1'), {}))).toEqual({ events: [], rejected: false })
})

test('traders beyond the bound, and limits beyond what a message holds, are rejected', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]
  judgeAndTake(judge, message(subjects.controlLimits, { max_traders: 1 }))
  judgeAndTake(judge, message(subjects.tick('first'), { equity: 1 }))

  expect(judge.judge(message(subjects.tick('second'), { equity: 1 }))).toEqual({ events: [], rejected: true })
  const traders = Object.fromEntries(
    Array.from({ length: 30_000 }, (_, index) => [`trader-${index}`, { max_daily_loss: 5, max_drawdown: 7 }]),
  )
  expect(judge.judge(message(subjects.controlLimits, { traders }))).toEqual({ events: [], rejected: true })
})

test('it says when a wake-up of a trader is due, by the configuration of that time', () => {
  const [judge, message] = [new OfflineJudge(), inputLog()]
  judgeAndTake(judge, message(subjects.controlLimits, { stale_after_seconds: 60 }))
  expect(judge.wakeAt('bot1', START)).toBeNull()

  judgeAndTake(judge, message(subjects.tick('bot1'), { equity: 1000 }))

  expect(judge.wakeAt('bot1', START)).toBe(START + 62_000)
  judgeAndTake(judge, message(subjects.controlLimits, { stale_after_seconds: null }))
  expect(judge.wakeAt('bot1', START)).toBeNull()
})
