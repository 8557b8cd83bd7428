import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConsoleScene, withoutTimes } from './console-scene.ts'

let scene: ConsoleScene
beforeAll(async () => {
  scene = await ConsoleScene.open()
  await scene.startGuardian()
})
afterAll(() => scene.close())

interface Done {
  readonly input: number
  readonly event: {
    readonly version: number
    readonly facts: readonly object[]
    readonly decision: { until: string | null }
  }
}

test('a pause and a resume say who did what, and what holds from then on', async () => {
  await scene.report('bot1', 1000)
  const paused = await scene.spawn('pause', 'bot1', '--reason', 'holiday', '--by', 'alice')
  expect(paused).toEqual({
    code: 0,
    stderr: '',
    stdout: `http, for alice, paused the trader until an operator resumes it: holiday.
max_daily_loss: equity 1000 is at the day's start 1000: nothing is lost.
max_drawdown: equity 1000 is at the peak 1000: nothing is lost.
The trader is paused until an operator resumes it: operator: holiday.
`,
  })
  const resumed = await scene.spawn('resume', 'bot1', '--reason', 'back')
  expect(resumed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^http resumed the trader, because of "back": /),
  })
  expect(resumed.stdout).toMatch(/The trader may trade\.\n$/)
})

test('a pause may end by itself, after a duration or at a time, and be firm', async () => {
  const begun = Date.now()
  const { event } = await scene.json<Done>('pause', 'bot2', '--reason', 'news', '--until', '2h', '--firm', '--create')
  expect(Date.parse(event.decision.until ?? '')).toBeGreaterThanOrEqual(begun + 7_200_000)
  const named = await scene.json<Done>(
    'pause',
    'bot3',
    '--reason',
    'news',
    '--until',
    '2999-01-01T00:00:00+01:00',
    '--create',
  )
  expect(named.event.decision.until).toBe('2998-12-31T23:00:00.000Z')
})

describe('the hold of a limit that is still broken', () => {
  beforeAll(() => scene.report('broken', 1000, 850))

  test('is ended by the line that each refusal gives', async () => {
    const first = await scene.run('resume', 'broken', '--reason', 'checked')
    expect(first).toEqual({
      code: 1,
      stdout: '',
      stderr: `operator:http holds nothing; name a holder: limit:max_daily_loss
  npm run drawbridge -- resume broken --reason "..." --holder limit:max_daily_loss
`,
    })
    const second = await scene.run('resume', 'broken', '--reason', 'checked', '--holder', 'limit:max_daily_loss')
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /still broken; --rebase with a reason .*\n {2}npm run drawbridge -- resume broken --reason "\.\.\." --holder limit:max_daily_loss --rebase\n$/,
      ),
    })
    const third = await scene.run(
      'resume',
      'broken',
      '--reason',
      'checked',
      '--holder',
      'limit:max_daily_loss',
      '--rebase',
    )
    expect(third).toMatchObject({ code: 0, stdout: expect.stringContaining('that forgives the loss.') })
  })
})

test('a withdrawal is an amount below zero, and counts once under its key', async () => {
  await scene.report('flows', 1000)
  const args = ['cash-flow', 'flows', '-250.50', '--reason', 'payout', '--key', 'payout-1']
  const { code, stdout } = await scene.run(...args)
  expect({ code, first: stdout.split('\n')[0] }).toEqual({
    code: 0,
    first:
      'A withdrawal of 250.5 (http, because of "payout") moved the equity: it is neither a loss nor a gain, and each limit follows it as its "flows" says.',
  })
  const inputs = await scene.inputs()
  expect(await scene.run(...args)).toMatchObject({ code: 0, stdout })
  expect(await scene.inputs()).toBe(inputs)
  expect((await scene.run('status', 'flows')).stdout).toMatch(/ 749\.5 /)
})

test('a cash flow that leaves nothing is refused with the option that means it', async () => {
  await scene.report('small', 100)
  expect(await scene.run('cash-flow', 'small', '-100')).toMatchObject({
    code: 1,
    stderr: 'amount would leave nothing of the equity: add --force if that is so\n',
  })
})

test('an account is corrected, and starts again', async () => {
  await scene.report('firm', 1000)
  const corrected = await scene.run(
    'correct',
    'firm',
    '--limit',
    'max_drawdown',
    '--reference',
    '1100',
    '--reason',
    'as the firm counts it',
  )
  expect(corrected).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^http corrected what max_drawdown is measured from, from 1000 to 1100/),
  })
  await scene.report('firm', 990)
  const voided = await scene.json<Done>('correct', 'firm', '--void', '3', '--reason', 'a glitch')
  expect(voided.event.facts).toMatchObject([{ kind: 'corrected' }])
  const restarted = await scene.run('restart', 'firm', '--reason', 'phase 2', '--initial-balance', '50000')
  expect(restarted).toMatchObject({ code: 0, stdout: expect.stringContaining('with an initial balance of 50000') })
})

test('a decision is explained in words and numbers, the newest where none is named', async () => {
  await scene.report('told', 1000, 850)
  const { code, stdout } = await scene.spawn('explain', 'told')
  expect(code).toBe(0)
  expect(
    withoutTimes(stdout).replace(/input \d+/, 'input 0'),
  ).toBe(`told, event 2: breach at 0000-00-00T00:00:00.000Z; input 0: {"equity":850}
  max_daily_loss: equity 850 is 150 below the day's start 1000; 150 / 1000 = 15 %; the limit is 10 %, its floor 900: breached, paused until 0000-00-00T00:00:00.000Z.
  max_drawdown: equity 850 is 150 below the peak 1000; 150 / 1000 = 15 %; the limit is 20 %, its floor 800: kept, 50 more may be lost until it breaks.
  The trader is paused until 0000-00-00T00:00:00.000Z: max_daily_loss: 15 % reached the limit of 10 %.
`)
  expect((await scene.json<{ version: number }>('explain', 'told', '1')).version).toBe(1)
  expect(await scene.run('explain', 'told', '9')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^event 9 of trader "told" not found.*\n {2}npm run drawbridge -- events <trader> --all /,
    ),
  })
})

test.each([
  [['pause'], 'which trader? Type: npm run drawbridge -- pause <trader> --reason "..."'],
  [['pause', 'bot1'], '--reason is missing: why is it paused? Add --reason "..."'],
  [
    ['pause', 'bot1', '--reason', 'x', '--until', 'soon'],
    '--until must be a duration like 90m, 8h or 2d, or a time with a zone',
  ],
  [['pause', 'bot1', '--reason', 'x', '--firm'], 'until is missing: a firm pause needs its end'],
  [['resume', 'bot1'], '--reason is missing: why is it resumed?'],
  [['cash-flow', 'bot1'], 'how much? Type: npm run drawbridge -- cash-flow <trader> <amount>'],
  [['cash-flow', 'bot1', 'much'], 'amount must be a decimal like "10250.50", got "much"'],
  [['restart', 'bot1', '--reason', 'x', '--peak', '0'], 'peak must be above 0'],
  [['correct', 'bot1', '--limit', 'x', '--reason', 'x'], 'Give --limit and --reference, or --void alone'],
  [['explain', 'bot1', 'last'], 'the version must be a whole number'],
  [['explain'], 'which trader?'],
])('%j is refused before anything is sent, with what to type', async (args, message) => {
  const inputs = await scene.inputs()
  const { code, stdout, stderr } = await scene.run(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr).toContain(`npm run drawbridge -- ${args[0]} --help   describes it`)
  expect(await scene.inputs()).toBe(inputs)
})

test('a trader that is not known is told with the way to find it', async () => {
  expect(await scene.run('explain', 'nobody')).toMatchObject({
    code: 1,
    stderr:
      'trader "nobody" is not configured and has never reported\n  npm run drawbridge -- status   lists the traders\n',
  })
  expect((await scene.run('explain', 'tolt', '1')).stderr).toContain('did you mean "told"?')
})

test('without a guardian a command is taken, and says what is missing', async () => {
  const other = await ConsoleScene.open()
  try {
    expect(await other.run('pause', 'bot1', '--reason', 'x', '--create')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^The command is stored as input \d+, but no guardian .*\n {2}npm run drawbridge -- doctor /,
      ),
    })
  } finally {
    await other.close()
  }
})
