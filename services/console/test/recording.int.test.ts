import { BlockReader, InputReader, type RecordingBlock, WhatIf } from '@drawbridge/risk-engine/what-if'
import { eventually } from '@drawbridge/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'
import { writtenHistory } from './written-history.ts'

const TOKENS = { read: 'r'.repeat(32), bot: 'b'.repeat(32), admin: 'a'.repeat(32) }
const API_TOKENS = JSON.stringify([
  { name: 'reader', role: 'read', token: TOKENS.read },
  { name: 'bot1', role: 'bot', traders: ['bot1'], token: TOKENS.bot },
  { name: 'admin', role: 'admin', token: TOKENS.admin },
])
const as = (role: keyof typeof TOKENS) => ({ authorization: `Bearer ${TOKENS[role]}` })

let scene: Scene
let database: Awaited<ReturnType<typeof writtenHistory>>
beforeAll(async () => {
  database = await writtenHistory()
  scene = await Scene.open({ API_TOKENS }, { databaseUrl: database.url })
  await scene.startGuardian(as('read'))
  for (const equity of [1000, 1000, 1010, 850, 840]) await scene.tick('bot1', equity)
  await scene.ask('POST', '/api/traders/bot1/cash-flow', { amount: '50', reason: 'a deposit' }, as('admin'))
  await scene.ask('PUT', '/api/traders/bot1/limits', { max_drawdown: 30, reason: 'more room' }, as('admin'))
  await database.write()
  const isStored = async () => (await blocksOf('bot1', 'read').catch(() => [])).some(({ kind }) => kind === 'end')
  await eventually(isStored, { what: 'the events to be in the history' })
})
afterAll(async () => {
  await scene.close()
  await database.drop()
})

async function blocksOf(trader: string, role: keyof typeof TOKENS): Promise<RecordingBlock[]> {
  const answer = await fetch(`${scene.url}/api/history/traders/${trader}/recording`, { headers: as(role) })
  if (!answer.ok) throw new Error(await answer.text())
  return new BlockReader().push(new Uint8Array(await answer.arrayBuffer()))
}

async function query(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(text).finally(() => client.end())
}

async function judgedAgain() {
  const blocks = await blocksOf('bot1', 'read')
  const [first] = blocks
  if (first?.kind !== 'head') throw new Error('the head is missing')
  const whatIf = new WhatIf('bot1', {}, first.head)
  for (const block of blocks) {
    if (block.kind !== 'inputs') continue
    const reader = new InputReader(block.body)
    for (let input = reader.next(); input !== null; input = reader.next()) whatIf.take(input)
  }
  return { blocks, head: first.head, whatIf }
}

/** What counts versions and inputs begins elsewhere. */
function judgedIn({ state }: WhatIf) {
  const { equity, peakEquity, dayEquity, dayStartedAt, pause, limitStates, limits } = state
  return { equity, peakEquity, dayEquity, dayStartedAt, pause, limitStates, limits }
}

describe('the recording of a trader', () => {
  test('judged again without another limit gives the state that the risk log has', async () => {
    const { blocks, head, whatIf } = await judgedAgain()
    const { body } = await scene.ask<{ event: { state: Record<string, unknown> } }>(
      'GET',
      '/api/traders/bot1',
      undefined,
      as('read'),
    )
    expect(head).toMatchObject({ trader: 'bot1', cut: 'none' })
    expect(blocks.at(-1)).toEqual({ kind: 'end' })
    expect(whatIf.report()).toMatchObject({
      breachCount: 1,
      blockedCount: 1,
      blocked: [{ limits: ['max_daily_loss'] }],
    })
    expect(whatIf.state.equity).toBe(890_00000000n)
    expect(body).toMatchObject({ event: { state: { equity: '890' } } })
  })

  test('begins with the account as it was where the history was cut, and as a new one where nobody knows', async () => {
    const { whatIf: whole } = await judgedAgain()
    // The deposit and what came after it are kept.
    await query(`INSERT INTO risk_state_at_cut SELECT * FROM risk_state_history
      WHERE trader_id = 'bot1' AND version = 5`)
    await query("DELETE FROM risk_state_history WHERE trader_id = 'bot1' AND version <= 5")

    const { head, whatIf } = await judgedAgain()

    expect(head).toMatchObject({ cut: 'known' })
    expect(judgedIn(whatIf)).toEqual(judgedIn(whole))
    expect(whatIf.report()).toMatchObject({ breachCount: 0, blocked: [{ limits: ['max_daily_loss'] }] })
    await query('DELETE FROM risk_state_at_cut')
    expect((await judgedAgain()).head).toMatchObject({ cut: 'unknown' })
  })

  test('is refused to the bot of another trader, and where the history has no event of the trader', async () => {
    await expect(blocksOf('nobody', 'bot')).rejects.toThrow('"forbidden"')
    await expect(blocksOf('nobody', 'read')).rejects.toThrow('unknown-trader')
  })
})

test('presets are told as settings write them', async () => {
  const { status, body } = await scene.ask<{ presets: readonly { name: string; limits: object }[] }>(
    'GET',
    '/api/presets',
    undefined,
    as('read'),
  )
  expect(status).toBe(200)
  expect(body.presets.find(({ name }) => name === 'ftmo-2-step')).toMatchObject({
    title: expect.any(String),
    limits: { max_daily_loss: null, max_drawdown: null },
  })
})
