import { describe, expect, it } from 'vitest'
import type { OracleConfig } from '../../src/engine/oracle/config.ts'
import type { Step } from '../../src/engine/oracle/steps.ts'
import {
  ask,
  at,
  breach,
  careful,
  closed,
  dayLoss,
  does,
  drawdown,
  flow,
  open,
  plain,
  raw,
  resume,
  t,
  tell,
} from './story.ts'

const by10 = drawdown(10)

describe('a jump', () => {
  it('is deferred above the percent, and a reading within it never is', () => {
    for (const percent of [-40, -21, -20, -11, -10, -9, 0, 9, 20, 21, 40]) {
      const equity = 1000 + 10 * percent
      const isDeferred = Math.abs(percent) > 20
      const taken = percent <= -10 ? breach('drawdown') : open
      tell(
        careful(by10),
        [t('10:00', 1000), open],
        [
          t('10:01', equity),
          isDeferred ? { ...closed('unconfirmed'), equity: '1000' } : { ...taken, equity: `${equity}` },
        ],
      )
    }
  })

  const CLEARS: readonly (readonly [how: string, config: OracleConfig, step: Step])[] = [
    ['a reading within the percent', careful(by10), t('10:00:13', 990)],
    ['a reading on the other side', careful(by10), t('10:00:13', 1300)],
    [
      'a correction that voids it',
      careful(by10),
      does('10:00:13', { kind: 'correct', reason: 'a glitch', void: true }),
    ],
  ]

  it('is believed after 5 seconds of others beyond the band', () => {
    tell(
      careful(by10),
      [t('10:00', 1000), open],
      [t('10:00:10', 700), closed('unconfirmed')],
      [t('10:00:15', 690), breach('drawdown')],
    )
  })

  it.each(CLEARS)('never adds up with one before %s', (_how, config, step) => {
    tell(
      config,
      [t('10:00', 1000), open],
      [t('10:00:10', 700), closed('unconfirmed')],
      [step, { breaches: [] }],
      [t('10:00:16', 690), { ...closed('unconfirmed'), breaches: [] }],
      [t('10:00:20', 690), { ...closed('unconfirmed'), breaches: [] }],
      [t('10:00:21', 690), breach('drawdown')],
    )
  })

  it('never adds up with one before a new account period, in which two that agree are the first', () => {
    tell(
      careful(by10),
      [t('10:00', 1000), open],
      [t('10:00:10', 700), closed('unconfirmed')],
      [does('10:00:13', { kind: 'restart', reason: 'sold', initial_balance: 1000 }), closed('no-reading')],
      [t('10:00:16', 690), { ...closed('unconfirmed'), equity: null }],
      [t('10:00:20', 1000), { ...open, breaches: [] }],
    )
  })
})

/** Each way in which a block ends, as the last of these steps; the account is at 1000 of 1000 then. */
const EXPIRIES: readonly (readonly [what: string, config: OracleConfig, ...steps: Step[]])[] = [
  ['the timer of a pause', plain(dayLoss(100, { ends: 'timer' })), t('10:00', 900), t('10:30', 1000), ask('11:00')],
  ['the next window', plain(dayLoss(100)), t('10:00', 900), t('10:30', 1000), ask('2 00:00')],
  [
    'a time of day',
    plain(dayLoss(100, { ends: 'at', ends_at: '15:30' })),
    t('10:00', 900),
    t('12:00', 1000),
    ask('15:30'),
  ],
  [
    'an operator',
    plain(dayLoss(100, { ends: 'manual' })),
    t('10:00', 900),
    t('12:00', 1000),
    resume('13:00', { holder: 'limit:day_loss' }),
  ],
  [
    'the end of an operator’s pause',
    plain(dayLoss(100)),
    t('10:00', 1000),
    does('10:10', { kind: 'pause', until: at('11:00') }),
    ask('11:00'),
  ],
  [
    'the end of a firm pause',
    plain(dayLoss(100)),
    t('10:00', 1000),
    does('10:10', { kind: 'pause', firm: true, until: at('11:00') }),
    ask('11:00'),
  ],
  ['doubt that a good reading ends', careful(dayLoss(100)), t('10:00', 1000), t('10:10', 700), t('10:10:01', 1000)],
  ['a 0 that another value drops', careful(dayLoss(100)), t('10:00', 1000), t('10:10', 0), t('10:10:01', 1000)],
  ['a rejected reading before a good one', plain(dayLoss(100)), raw('10:00', 'no JSON'), t('10:10', 1000)],
  ['silence', { ...plain(dayLoss(100)), stale_after_seconds: 60 }, t('10:00', 1000), ask('10:05'), t('10:06', 1000)],
  [
    'a row of losers',
    { ...plain(dayLoss(100)), max_losing_trades: { count: 1, in_a_row: true } },
    t('10:00', 1000, { closed: [{ id: 'a', pnl: -1 }] }),
    ask('11:00'),
  ],
]

describe('after the end of a block', () => {
  const rows = EXPIRIES.map(([what, config, ...steps]) => ({ what, config, steps }))

  it.each(rows)('by $what the first reading is free, and the second is judged as ever', ({ config, steps }) => {
    const [last] = steps.slice(-1)
    const before = steps.slice(0, -1).map((step) => [step, {}] as const)
    if (last === undefined) throw new Error('a block has a step')
    const first = { ...t('3 10:00', 999), at: new Date(Date.parse(last.at) + 30_000).toISOString() }
    const second = { ...t('3 10:00', 900), at: new Date(Date.parse(last.at) + 31_000).toISOString() }
    const held = tell(config, ...before)
    expect(held.allowed).toBe(false)
    tell(config, ...before, [last, open], [first, { ...open, breaches: [] }], [second, breach('day_loss')])
  })
})

/** What must not count, beside the same thing in a form that counts and is seen by it. */
const DECOYS: readonly (readonly [what: string, decoy: Step, counts: Step])[] = [
  ['a number that is late', t('10:05', 1150, { seq: 5 }), t('10:05', 1150, { seq: 6 })],
  ['a number in a text that is no JSON', raw('10:05', '{"equity": 1150'), raw('10:05', '{"equity": 1150}')],
  ['a jump', t('10:05', 1300), t('10:05', 1200)],
  ['a balance that no limit uses', t('10:05', 1000, { balance: 1150 }), t('10:05', 1150, { balance: 1000 })],
  ['another currency', t('10:05', 1150, { currency: 'BTC' }), t('10:05', 1150, { currency: 'USD' })],
  ['a flow that has been counted', flow('10:05', 100, { id: 'f' }), flow('10:05', 100, { id: 'g' })],
  ['net deposits that nobody switched on', t('10:05', 1000, { net_deposits: 100 }), t('10:05', 1150)],
  ['a flow that is refused', flow('10:05', -1000), flow('10:05', -100)],
]

describe('a decoy', () => {
  const before = [
    [t('10:00', 900, { seq: 5, currency: 'USD' }), open],
    [flow('10:01', 100, { id: 'f' }), { equity: '1000' }],
  ] as const
  const floor = (config: OracleConfig, step: Step) => tell(config, ...before, [step, {}]).floors.drawdown

  it.each(DECOYS)('moves no line: %s', (_what, decoy, counts) => {
    const config = careful(drawdown(20, { flows: 'shift' }))
    const known = tell(config, ...before).floors.drawdown
    expect(floor(config, decoy)).toBe(known)
    expect(floor(config, counts)).not.toBe(known)
  })
})
