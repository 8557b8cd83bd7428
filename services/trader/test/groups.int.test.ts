import { streams, subjects } from '@drawbridge/contracts'
import { eventually, type ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const CONFIG = {
  limits: { confirm_jump: null },
  traders: {
    desk: { source: 'sum', of: ['bot1', 'bot2'], settle_ms: 60_000, limits: { max_daily_loss: 5 } },
    bot1: { obeys: ['desk'] },
    bot2: { obeys: ['desk'] },
    alone: {},
  },
}
const LIMITED = { allowed: false, code: 'limit', holders: ['limit:max_daily_loss'] }

let scene: Scene
let guardian: ServiceHere
let traders: readonly ServiceHere[]
let url: string

beforeAll(async () => {
  scene = await Scene.open(CONFIG)
  guardian = await scene.start('risk-guardian')
  // Two processes hold the gates, and report one sum.
  traders = [await scene.start('trader'), await scene.start('trader')]
  url = (await traders[0]?.url()) ?? ''
})
afterAll(async () => {
  for (const trader of traders ?? []) await trader.stop()
  await guardian?.stop()
  await scene?.close()
})

interface Answer {
  readonly allowed: boolean
  readonly code: string
}

async function post(trader: string, equity: number) {
  const body = JSON.stringify({ equity })
  const answer = await fetch(`${url}/api/traders/${trader}/equity?wait_ms=10000`, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as Answer }
}

const get = async (path: string, from = url) => (await fetch(`${from}/api/traders/${path}`)).json() as Promise<Answer>
const canTrade = (trader: string) => get(`${trader}/can-trade`)

/** Both members report, until the group has a reading that counts. */
async function opened(): Promise<void> {
  const isOpen = async () => {
    for (const member of ['bot1', 'bot2']) await post(member, 1000)
    return (await canTrade('desk')).allowed
  }
  await eventually(isOpen, { what: 'the group to open', timeoutMs: 60_000 })
}

const sums = async () => (await scene.ticks('desk')).map(({ text }) => JSON.parse(text) as Record<string, unknown>)

test('before every member has reported, the group is undecided, and so is who obeys it', async () => {
  await post('bot1', 1000)
  const why = 'bot2 has not reported yet'
  await eventually(async () => (await canTrade('bot1')).code === 'undecided', { what: 'bot1 to be judged' })
  expect(await get('desk')).toMatchObject({ source: 'sum', obeys: [], sum: { of: ['bot1', 'bot2'], undecided: why } })
  expect(await get('bot1')).toMatchObject({ source: 'http', obeys: ['desk'], sum: null })
  expect(await canTrade('bot1')).toMatchObject({ allowed: false, reason: `desk: ${why}` })
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true, notes: { sums: `desk: ${why}` } })
  expect(await post('alone', 1000)).toMatchObject({ body: { allowed: true } })
})

test('a group takes no equity but the sum of its members', async () => {
  expect(await post('desk', 1000)).toEqual({
    status: 409,
    body: {
      error: {
        code: 'fed-by-sum',
        message:
          'trader "desk" is the sum of others and accepts no other equity; report the equity of its members: bot1, bot2',
      },
    },
  })
})

describe('a group', () => {
  test('is the sum of its members, each once, whichever process reports it', async () => {
    await opened()
    const before = (await sums()).length
    for (let round = 1; round <= 10; round += 1) {
      await post('bot1', 1000 + round)
      await post('bot2', 1000 - round)
    }
    await eventually(async () => (await sums()).length > before, { what: 'the sums' })
    const [last] = (await sums()).slice(-1)
    expect(last).toMatchObject({ equity: '2000', net_deposits: '0', run: expect.stringMatching(/^sum-/) })
    expect(new Set((await sums()).map(({ run }) => run)).size).toBe(1)
  })

  test('whose limit is broken by two members together blocks both, in every process, and names itself', async () => {
    await opened()
    expect(await post('bot1', 960)).toMatchObject({ body: { decision: { outcome: 'judged' } } })
    await post('bot2', 940)
    for (const trader of traders) {
      const from = await trader.url()
      for (const member of ['bot1', 'bot2']) {
        const isBlocked = async () => (await get(`${member}/can-trade`, from)).code === 'limit'
        await eventually(isBlocked, { what: `${member} to be blocked` })
        expect(await get(`${member}/can-trade`, from)).toMatchObject({
          ...LIMITED,
          reason: expect.stringMatching(/^desk: max_daily_loss: 5 % /),
        })
        expect(await get(`${member}/can-trade?intent=reduce`, from)).toMatchObject({ allowed: true })
      }
    }
    expect(await canTrade('desk')).toMatchObject({ ...LIMITED, reason: expect.stringMatching(/^max_daily_loss/) })
    expect(await canTrade('alone')).toMatchObject({ allowed: true })
  })

  test('opens to its members when an operator resumes it', async () => {
    const resume = { holder: 'max_daily_loss', rebase: true, reason: 'checked', by: 'test' }
    await scene.publish(subjects.control('resume', 'desk'), JSON.stringify(resume))
    for (const member of ['bot1', 'bot2']) {
      await eventually(async () => (await canTrade(member)).allowed, { what: `${member} to be allowed` })
    }
  })

  test('that is paused pauses its members, until it is resumed', async () => {
    await scene.publish(subjects.control('pause', 'desk'), '{"reason": "news", "by": "eve"}')
    await eventually(async () => (await canTrade('bot1')).code === 'operator', { what: 'bot1 to be paused' })
    expect(await canTrade('bot2')).toMatchObject({ code: 'operator', reason: expect.stringMatching(/^desk: .*news/) })
    await scene.publish(subjects.control('resume', 'desk'), '{"reason": "over", "by": "eve"}')
    await eventually(async () => (await canTrade('bot1')).allowed, { what: 'bot1 to be allowed' })
  })

  test('tells its members of a transfer between them nothing, and moves no line', async () => {
    const linesBefore = await deskLines()
    const flow = (amount: string, id: string) => JSON.stringify({ amount, id, reason: 'transfer', by: 'test' })
    await scene.publish(subjects.control('cash-flow', 'bot1'), flow('-200', 'out'))
    await scene.publish(subjects.control('cash-flow', 'bot2'), flow('200', 'in'))
    const before = (await sums()).length
    await eventually(
      async () => {
        await post('bot1', 760)
        await post('bot2', 1140)
        return (await sums()).length > before + 1
      },
      { what: 'two sums after it' },
    )
    expect((await sums()).at(-1)).toMatchObject({ equity: '1900', net_deposits: '0' })
    expect(await deskLines()).toEqual(linesBefore)
  })
})

/** The lines of the group's limits, by its newest decision. */
async function deskLines(): Promise<unknown> {
  const message = await scene.manager.streams.getMessage(streams.risk, { last_by_subj: subjects.traderLog('desk') })
  const { state } = JSON.parse(new TextDecoder().decode(message?.data)) as {
    state: { limitStates: { line: string }[] }
  }
  return state.limitStates.map(({ line }) => line)
}

test('a reading of a member that may change the answer of the group closes it at once, whoever reports and asks', async () => {
  for (let round = 0; round < 20; round += 1) {
    await opened()
    const told = await post('bot1', 500)
    expect(told.body.allowed).toBe(false)
    expect((await canTrade('bot2')).allowed).toBe(false)
    await post('bot2', 1500)
  }
})
