import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConsoleScene, withoutTimes } from './console-scene.ts'

let scene: ConsoleScene
beforeEach(async () => {
  scene = await ConsoleScene.open()
  await scene.startGuardian()
  await scene.report('bot1', 1000, 940)
})
afterEach(() => scene.close())

const SHOW = '\nnpm run drawbridge -- limits bot1   shows how near each limit is now\n'

test('the limits of a trader are shown with their distances, and where their values come from', async () => {
  await scene.run('limits', 'set', 'bot1', 'max_drawdown=8')
  const { code, stdout } = await scene.spawn('limits', 'bot1')
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^ {2}limit {11}room left {9}in money {2}value {2}blocks at {2}line {2}measured from\n {2}max_daily_loss {2}████░░░░░░ {2}40 % {8}40 {4}940 {8}900 {3}900 {11}1000\n {2}max_drawdown {4}███░░░░░░░ {2}25 % {8}20 {4}940 {8}920 {3}920 {11}1000\n\n {2}setting +from +value\n/,
  )
  expect(stdout).toMatch(/^ {2}max_daily_loss +all traders +10$/m)
  expect(stdout).toMatch(/^ {2}max_drawdown +own +8$/m)
})

test('of a trader that never reported there are limits, and no distances', async () => {
  await scene.stopConsole()
  await scene.startConsole({ traders: { bot9: {} } })
  const { code, stdout } = await scene.run('limits', 'bot9')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^bot9 has not reported yet: there are no distances\.$/m)
  expect(stdout).toMatch(/^ {2}max_drawdown +all traders +20$/m)
})

test('of a trader that nobody knows there are none, but of the one that was probably meant', async () => {
  expect(await scene.run('limits', 'bot9')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^trader "bot9" is not configured and has never reported; did you mean "bot1"\?\n.* status {3}lists the traders\n$/,
    ),
  })
  expect((await scene.run('limits', 'nobody')).stderr).not.toContain('mean')
})

test('what tightens is in force at once, and what loosens says from when on it is', async () => {
  await scene.run('limits', 'set', 'bot1', 'loosen_after_minutes=30')
  const { code, stdout } = await scene.spawn(
    'limits',
    'set',
    'bot1',
    'max_daily_loss=8',
    'max_drawdown=25',
    '--reason',
    'new',
  )
  expect(code).toBe(0)
  expect(withoutTimes(stdout)).toBe(`  setting         before  after  in force
  max_daily_loss  10      8      now
  max_drawdown    20      25     from 0000-00-00 00:00Z on, as it loosens
${SHOW}`)
  expect((await scene.run('limits', 'bot1')).stdout).toMatch(/^From \S+Z on, as it loosens: max_drawdown 25$/m)
})

test('a limit in the long form is set by its parameters, changed by one of them, and unset', async () => {
  const made = await scene.run(
    'limits',
    'set',
    'bot1',
    'weekly_loss.window=week',
    'weekly_loss.reference.kind=start',
    'weekly_loss.limit.amount=400',
  )
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ {2}weekly_loss +none +\{.*"amount":"400".*\} +now$/m),
  })
  const tighter = await scene.run('limits', 'set', 'bot1', 'weekly_loss.limit={"amount": 300}')
  expect(tighter).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}weekly_loss .*400.*300.*now$/m) })
  expect((await scene.run('limits', 'bot1')).stdout).toMatch(/^ {2}weekly_loss +\S+ +100 % +300 /m)
  const unset = await scene.run('limits', 'unset', 'bot1', 'weekly_loss')
  expect(unset).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}weekly_loss .* none +now$/m) })
  expect((await scene.run('limits', 'bot1')).stdout).not.toMatch(/weekly_loss.*% +300/)
})

test('a line that is tightened above the equity closes the gate at once', async () => {
  await scene.run('limits', 'set', 'bot1', 'max_daily_loss=5')
  expect((await scene.run('status', '--exit-code')).code).toBe(3)
})

describe('the limits of all traders', () => {
  test('are shown, with those that are configured for one', async () => {
    const { stdout } = await scene.run('limits')
    expect(stdout).toMatch(/^ {2}all traders +max_daily_loss +10$/m)
    expect(stdout).toMatch(/^ {2}all traders +max_traders +10000$/m)
  })

  test('are changed by --all', async () => {
    const { code, stdout } = await scene.run(
      'limits',
      'set',
      '--all',
      'max_daily_loss=9',
      'max_traders=7',
      '--reason',
      'x',
    )
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `  setting         before  after  in force
  max_daily_loss  10      9      now
  max_traders     10000   7      now
`,
    })
    expect(await scene.json('limits')).toMatchObject({ defaults: { max_daily_loss: '9' }, max_traders: 7, reason: 'x' })
  })

  test('that loosen say from when on they are in force', async () => {
    await scene.run('limits', 'set', '--all', 'loosen_after_minutes=30')
    const { stdout } = await scene.run('limits', 'set', '--all', 'max_daily_loss=12', 'max_drawdown=15')
    expect(withoutTimes(stdout)).toMatch(/^ {2}max_daily_loss +10 +12 +from 0000-00-00 00:00Z on, as it loosens$/m)
    expect(stdout).toMatch(/^ {2}max_drawdown +20 +15 +now$/m)
  })
})

test.each([
  [['set'], 'which trader? Type: npm run drawbridge -- limits set <trader> max_daily_loss=3, or limits set --all ...'],
  [['set', 'max_drawdown=5'], 'which trader?'],
  [['set', 'bot1'], 'which limit?'],
  [['set', 'bot1', 'max_drawdown'], '"max_drawdown" must be like max_daily_loss=3'],
  [['set', 'bot1', 'max_drawdwon=5'], 'there is no limit "max_drawdwon": did you mean max_drawdown?'],
  [['set', 'bot1', 'max_drawdown=2', 'max_drawdown=50'], '"max_drawdown=50" contradicts another value: name it once'],
  [['set', 'bot1', 'max_drawdown=much'], 'max_drawdown must be a decimal'],
  [['set', 'bot1', 'weekly={"window"'], 'must be JSON: put it in quotes'],
  [
    ['unset', 'bot1', 'stop_trading_minutes'],
    'stop_trading_minutes always has a value: limits set gives it another one (the usual one is 60)',
  ],
  [['bot1', 'max_drawdown=5'], 'To change limits, type: npm run drawbridge -- limits set <trader> max_daily_loss=3'],
])('limits %j is refused with what to type', async (args, message) => {
  const inputs = await scene.inputs()
  const { code, stdout, stderr } = await scene.run('limits', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(await scene.inputs()).toBe(inputs)
})
