import { ALL_HOLDER, type Hold, type Pause } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { describe, expect, test } from 'vitest'
import { CODE_LASTS_MS } from '../src/core/resume-codes.ts'
import { TelegramResumes } from '../src/inbound/telegram-resumes.ts'
import type { ResumeOf, ResumeOutcome } from '../src/outbound/resumer.ts'

const log = createLogger('test', 'silent')
const hold = (more: Partial<Hold> = {}): Hold => ({
  holder: 'limit:max_daily_loss',
  at: 1,
  until: null,
  reason: 'r',
  action: 'block-entries',
  onEnd: 'keep',
  firmUntil: null,
  ...more,
})
const paused = (...holds: readonly Hold[]): Pause => ({ since: 1, until: null, holds })

/** A chat in which 7 and 9 may resume, and a guardian. */
function chat(language: 'en' | 'de' = 'en') {
  const state = {
    pause: paused(hold()) as Pause | 'unknown-trader' | null,
    outcome: { kind: 'resumed', still: {} } as ResumeOutcome,
    now: 1_000,
    isAway: false,
    asked: [] as ResumeOf[],
    onResume: (() => undefined) as () => void,
  }
  const resumes = new TelegramResumes({
    config: { name: 'chat', language, mayResume: [7, 9] },
    resumer: {
      pauseOf: async () => {
        if (state.isAway) throw new Error('no responders')
        return state.pause
      },
      resume: async (wanted) => {
        state.asked.push(wanted)
        state.onResume()
        return state.outcome
      },
    },
    log,
    now: () => state.now,
    newCode: () => '123456',
  })
  return { state, say: (text: string, user = 7) => resumes.answer(user, text, 'Drawbridge_bot') }
}

describe('/resume', () => {
  test('is answered with a code, which ends what paused the trader, in the name of who sent it', async () => {
    const { state, say } = chat()
    const answer = await say('/resume bot1')
    expect(answer).toContain('paused by limit:max_daily_loss')
    expect(answer).toContain('/resume bot1 123456')
    expect(state.asked).toEqual([])
    expect(await say('/resume@drawbridge_bot bot1 123456')).toBe(
      'bot1 is resumed by telegram:7: entries are allowed again.',
    )
    expect(state.asked).toEqual([
      { trader: 'bot1', holders: ['limit:max_daily_loss'], by: 'telegram:7', reason: 'one-time code in Telegram' },
    ])
    expect(await say('/resume bot1 123456')).toContain('There is no code')
    expect(state.asked).toHaveLength(1)
  })

  test('of somebody who may not resume is not answered', async () => {
    const { state, say } = chat()
    await say('/resume bot1')
    expect(await say('/resume bot1', 8)).toBeNull()
    expect(await say('/resume bot1 123456', 8)).toBeNull()
    expect(state.asked).toEqual([])
  })

  test('with a code that is older than two minutes ends nothing', async () => {
    const { state, say } = chat()
    await say('/resume bot1')
    state.now += CODE_LASTS_MS
    expect(await say('/resume bot1 123456')).toContain('There is no code')
    expect(state.asked).toEqual([])
  })

  test('with the code of another person or of another chat ends nothing', async () => {
    const { state, say } = chat()
    const other = chat()
    await say('/resume bot1')
    expect(await say('/resume bot1 123456', 9)).toContain('There is no code')
    expect(await other.say('/resume bot1 123456')).toContain('There is no code')
    expect([...state.asked, ...other.state.asked]).toEqual([])
  })

  test('of a name that no trader has says so, and gives no code', async () => {
    for (const [language, words] of [
      ['en', 'No trader is called bto1'],
      ['de', 'Kein Trader heißt bto1'],
    ] as const) {
      const { state, say } = chat(language)
      state.pause = 'unknown-trader'
      expect(await say('/resume bto1')).toContain(words)
    }
  })

  test('with a code while no guardian answers leaves the code as good as it was', async () => {
    const { state, say } = chat()
    await say('/resume bot1')
    state.isAway = true
    expect(await say('/resume bot1 123456')).toBe('No guardian answers. Nothing was resumed; try again.')
    expect(await say('/resume bot1 654321')).toContain('Tries left: 2')
    state.isAway = false
    expect(await say('/resume bot1 123456')).toContain('bot1 is resumed by telegram:7')
    expect(state.asked).toHaveLength(1)
  })

  test('with a code for a trader that somebody has resumed meanwhile says so, and asks for nothing', async () => {
    const { state, say } = chat()
    await say('/resume bot1')
    state.pause = null
    expect(await say('/resume bot1 123456')).toBe('bot1 is not paused: there is nothing to resume.')
    expect(state.asked).toEqual([])
  })

  test.each([
    'resume bot1',
    'please /resume bot1',
    '/resumed bot1',
    '/resume bot1 123456 and more',
    '/resume@OtherBot bot1',
    '',
  ])('is not in "%s"', async (text) => {
    expect(await chat().say(text)).toBeNull()
  })

  test.each(['/resume', '/resume risk.>', '/resume *', '/resume flags'])(
    'without a trader says how: %s',
    async (text) => {
      expect(await chat().say(text)).toContain('/resume bot1')
    },
  )

  test('ends nothing if the trader is paused for other reasons since the code', async () => {
    const { state, say } = chat()
    for (const pause of [
      paused(hold(), hold({ holder: 'operator:ann' })),
      paused(hold({ at: 2 })),
      paused(hold({ firmUntil: 9 })),
    ]) {
      state.pause = paused(hold())
      state.now += 600_000
      await say('/resume bot1')
      state.pause = pause
      expect(await say('/resume bot1 123456')).toContain('paused for other reasons')
    }
    expect(state.asked).toEqual([])
  })

  test.each([
    [{ kind: 'undecided' }, 'Nobody knows yet whether bot1 is resumed'],
    [{ kind: 'resumed', still: { stillHeld: ['all'] } }, 'still paused by all'],
    [{ kind: 'resumed', still: { stillBlocked: 'silent' } }, 'still blocked: no equity is reported.'],
  ] as const)('tells what became of it: %o', async (outcome, words) => {
    const { state, say } = chat()
    state.outcome = outcome
    await say('/resume bot1')
    expect(await say('/resume bot1 123456')).toContain(words)
  })

  test.each([
    ['en', hold(), 'bot1 was not resumed: a limit is still broken, or cannot be judged (max_daily_loss).'],
    ['de', hold(), 'eine Grenze ist noch gerissen oder nicht berechenbar (max_daily_loss). Um den Verlust zu vergeben'],
    ['en', hold({ holder: 'operator:ann', firmUntil: 9_999 }), 'the hold of operator:ann is firm. Only an admin'],
    ['de', hold({ holder: 'operator:ann', firmUntil: 9_999 }), 'die Sperre von operator:ann ist fest. Nur ein Admin'],
    ['en', hold({ holder: ALL_HOLDER }), 'all traders are paused. Resume all of them in the console.'],
    ['de', hold({ holder: ALL_HOLDER }), 'alle Trader sind angehalten. Setze alle in der Konsole fort.'],
    ['en', hold({ holder: 'operator:ann' }), 'bot1 was not resumed: "rebase": true'],
  ] as const)('says in %s why a guardian refuses: %o', async (language, one, words) => {
    const { state, say } = chat(language)
    state.pause = paused(one)
    state.outcome = { kind: 'refused', reason: '"rebase": true' }
    await say('/resume bot1')
    const answer = await say('/resume bot1 123456')
    expect(answer).toContain(words)
    if (one.holder !== 'operator:ann' || one.firmUntil !== null) expect(answer).not.toContain('rebase')
  })

  test('that is refused as the pause has changed meanwhile says so', async () => {
    const { state, say } = chat()
    await say('/resume bot1')
    state.outcome = { kind: 'refused', reason: 'limit:max_daily_loss holds nothing' }
    state.onResume = () => {
      state.pause = paused(hold({ at: 2 }))
    }
    expect(await say('/resume bot1 123456')).toContain('paused for other reasons')
  })

  test('says that nothing was resumed while no guardian answers, and of a trader that is not paused', async () => {
    const { state, say } = chat('de')
    state.isAway = true
    expect(await say('/resume bot1')).toContain('Kein Wächter antwortet')
    state.isAway = false
    state.pause = null
    expect(await say('/resume bot1')).toBe('bot1 ist nicht angehalten: es gibt nichts fortzusetzen.')
    expect(state.asked).toEqual([])
  })
})
