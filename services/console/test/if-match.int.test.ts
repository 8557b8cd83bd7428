import { subjects, toJsonBytes } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'

const TOKENS = { ann: 'a'.repeat(32), bob: 'b'.repeat(32) }
const API_TOKENS = JSON.stringify(Object.entries(TOKENS).map(([name, token]) => ({ name, role: 'admin', token })))
const as = (who: keyof typeof TOKENS) => ({ authorization: `Bearer ${TOKENS[who]}` })

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({ API_TOKENS })
  await scene.startGuardian(as('ann'))
  await scene.tick('bot1', 1000)
  await scene.tick('bot1', 1000)
  const isJudged = async () => (await scene.ask('GET', BOT1, undefined, as('ann'))).status === 200
  await eventually(isJudged, { what: 'the reading to be judged' })
})
afterAll(() => scene.close())

const BOT1 = '/api/traders/bot1'
const FLAGS = '/api/feature_flags'
interface Refused {
  readonly error: { readonly code: string; readonly message: string }
}

/** What each person has seen, and then does by it. */
async function seen(path: string): Promise<string> {
  return (await scene.ask('GET', path, undefined, as('ann'))).headers.get('etag') ?? ''
}
const give = (who: keyof typeof TOKENS, path: string, body: object, tag?: string) =>
  scene.ask<Refused>('POST', path, body, { ...as(who), ...(tag === undefined ? {} : { 'if-match': tag }) })

const pauseAll = { all: true, reason: 'news' }
const THINGS: readonly (readonly [
  name: string,
  shown: string,
  path: string,
  body: object,
  other: readonly [string, object],
])[] = [
  ['a pause', BOT1, `${BOT1}/pause`, { reason: 'lunch' }, [`${BOT1}/pause`, { reason: 'until tomorrow' }]],
  ['a resume', BOT1, `${BOT1}/resume`, { reason: 'back' }, [`${BOT1}/pause`, { reason: 'stay out' }]],
  [
    'a cash flow that somebody else has entered',
    BOT1,
    `${BOT1}/cash-flow`,
    { amount: '50', reason: 'deposit' },
    [`${BOT1}/cash-flow`, { amount: '50', reason: 'deposit' }],
  ],
  [
    'a correction',
    BOT1,
    `${BOT1}/correct`,
    { limit: 'max_drawdown', reference: '1100', reason: 'as the firm' },
    [`${BOT1}/correct`, { limit: 'max_drawdown', reference: '1050', reason: 'as the firm' }],
  ],
  ['a restart', BOT1, `${BOT1}/restart`, { reason: 'phase 2' }, [`${BOT1}/restart`, { reason: 'phase 2' }]],
  ['the flags', FLAGS, FLAGS, { enable_persistence: true }, [FLAGS, { enable_risk_enforcement: true }]],
  ['the pause of all', FLAGS, '/api/traders/pause', pauseAll, [FLAGS, { enable_persistence: true }]],
  ['the end of the pause of all', FLAGS, '/api/traders/resume', pauseAll, ['/api/traders/pause', pauseAll]],
]

describe.each(THINGS)('%s by what its author has seen', (_name, shown, path, body, [otherPath, otherBody]) => {
  test('is refused where somebody else came between, and says who', async () => {
    const tag = await seen(shown)
    expect((await give('bob', otherPath, otherBody)).status).toBe(200)
    const inputs = await scene.inputCount()

    const { status, body: refused } = await give('ann', path, body, tag)

    expect(status).toBe(412)
    expect(refused.error).toEqual({
      code: 'changed-meanwhile',
      message: expect.stringMatching(
        /^it was changed in the meantime, and nothing was done; .* by "bob" at \S+Z\. Look again: its ETag is now "\w+"$/,
      ),
    })
    expect(await scene.inputCount()).toBe(inputs)
  })

  test('is taken by who looks again', async () => {
    expect([200, 207]).toContain((await give('ann', path, body, await seen(shown))).status)
  })
})

test('readings change no tag: a trader that trades can be commanded', async () => {
  const tag = await seen(BOT1)
  await scene.tick('bot1', 1001)
  const isJudged = async () => {
    const { body } = await scene.ask<{ event: { state: { equity: string } } }>('GET', BOT1, undefined, as('ann'))
    return body.event.state.equity === '1001'
  }
  await eventually(isJudged, { what: 'the reading to be judged' })
  expect(await seen(BOT1)).toBe(tag)
  expect((await give('ann', `${BOT1}/pause`, { reason: 'x' }, tag)).status).toBe(200)
})

test('the tag of a preview is that of the trader', async () => {
  const preview = await scene.ask('POST', `${BOT1}/preview/pause`, { reason: 'x' }, as('ann'))
  expect(preview.headers.get('etag')).toBe(await seen(BOT1))
})

test('a command by NATS, which no server vouches for, is somebody else, too', async () => {
  const tag = await seen(BOT1)
  await scene.publish(subjects.control('pause', 'bot1'), toJsonBytes({ reason: 'by hand', by: 'eve' }))
  await eventually(async () => (await seen(BOT1)) !== tag, { what: 'the command to be there' })
  const { status, body } = await give('ann', `${BOT1}/resume`, { reason: 'x' }, tag)
  expect([409, 412]).toContain(status)
  expect(body.error.message).toContain('pause by "eve"')
})

test('of several who saw the same, one alone commands', async () => {
  await eventually(async () => (await give('ann', `${BOT1}/pause`, { reason: 'x' }, await seen(BOT1))).status === 200, {
    what: 'everything before to be decided',
  })
  const tag = await seen(BOT1)
  const answers = await Promise.all(['1', '2', '3', '4'].map((reason) => give('ann', `${BOT1}/pause`, { reason }, tag)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status !== 200 && status !== 412 && status !== 409)).toEqual([])
})
