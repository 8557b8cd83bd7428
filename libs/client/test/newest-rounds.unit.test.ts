import { encodeRiskEvent, type RiskEvent, subjects, type TraderId } from '@drawbridge/contracts'
import { type Deferred, deferred, type Logger, type NewestAnswer } from '@drawbridge/nats'
import { beforeEach, expect, test } from 'vitest'
import { Hearing } from '../src/core/hearing.ts'
import { Gate } from '../src/gate.ts'
import { FollowedGate } from '../src/inbound/followed-gate.ts'
import { FollowedGates } from '../src/inbound/followed-gates.ts'
import { LogInUse } from '../src/inbound/log-in-use.ts'
import { NewestRounds } from '../src/inbound/newest-rounds.ts'
import { Decisions } from './decisions.ts'

const LEASE_MS = 10_000
const CREATED = '2026-03-12T14:00:00Z'
const UNKNOWN = 'the risk state of this trader is not known yet'

/** A question that a test answers. */
interface Question extends Deferred<NewestAnswer> {
  readonly trader: TraderId
}

let questions: Question[]
let gates: FollowedGates
let hearing: Hearing
let stopping: AbortController
let failures: Error[]
let rounds: NewestRounds
let current: Deferred<void>

beforeEach(() => {
  questions = []
  failures = []
  gates = new FollowedGates()
  hearing = new Hearing({ leaseMs: LEASE_MS, lookEveryMs: 5_000 })
  stopping = new AbortController()
  current = deferred()
  const log: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const read = (trader: TraderId) => {
    const question = { trader, ...deferred<NewestAnswer>() }
    questions.push(question)
    return question.promise
  }
  const sight = { look: async () => CREATED, knows: () => undefined, forget: () => undefined }
  rounds = new NewestRounds({
    connection: { isClosed: () => false },
    reader: { read },
    gates,
    logInUse: new LogInUse(sight, log),
    hearing,
    log,
    stopping: stopping.signal,
    onCurrent: () => current.resolve(),
    onFailed: (error) => failures.push(error),
  })
  return () => stopping.abort()
})

function follow(trader: TraderId): FollowedGate {
  const followed = new FollowedGate(new Gate(trader, LEASE_MS))
  gates.add(followed)
  return followed
}

/** Takes the oldest question that is not answered. */
function question(trader: TraderId): Question {
  const found = questions.find((one) => one.trader === trader)
  if (found === undefined) throw new Error(`nobody asks for ${trader}`)
  questions.splice(questions.indexOf(found), 1)
  return found
}

/** A guardian's answer; null: the trader has no decision. */
function answerOf(event: RiskEvent | null): NewestAnswer {
  const log = { created: CREATED, continues: [] }
  if (event === null) return { log, newest: null }
  const subject = subjects.out(event.type, event.trader)
  return { log, newest: { subject, seq: event.state.version, time: 0, data: encodeRiskEvent(event) } }
}

/** All that follows from what was just answered has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a round asks for one gate first, then for all others, and the newest decisions are known when each is read', async () => {
  const all = ['bot1', 'bot2', 'bot3'].map(follow)

  rounds.begin()
  expect(questions.map(({ trader }) => trader)).toEqual(['bot1'])
  question('bot1').resolve(answerOf(new Decisions('bot1').tick(1000)))
  await settled()
  expect(questions.map(({ trader }) => trader)).toEqual(['bot2', 'bot3'])
  question('bot3').resolve(answerOf(null))
  await settled()
  expect(rounds.isCurrent).toBe(false)
  question('bot2').resolve(answerOf(null))
  await current.promise

  expect(rounds.isCurrent).toBe(true)
  expect(all.map((followed) => rounds.hasRead(followed))).toEqual([true, true, true])
})

test('an answer to a round that is over does not count', async () => {
  const followed = follow('bot1')
  rounds.begin()
  const outdated = question('bot1')

  rounds.begin()
  outdated.resolve(answerOf(new Decisions('bot1').tick(1000)))
  await settled()

  expect(rounds.hasRead(followed)).toBe(false)
  expect(followed.gate.canTrade().reason).toBe(UNKNOWN)
  expect(followed.gate.version).toBe(0)
})

test('an answer to a question beside a round does not count once another round has begun', async () => {
  const followed = follow('bot1')
  rounds.begin()
  question('bot1').resolve(answerOf(null))
  await current.promise
  const reading = rounds.readAgain(followed)
  const outdated = question('bot1')

  rounds.begin()
  outdated.resolve(answerOf(new Decisions('bot1').tick(1000)))
  await reading

  expect(rounds.hasRead(followed)).toBe(false)
  expect(followed.gate.version).toBe(0)
})

test('what was read before a round began no longer counts', async () => {
  const followed = follow('bot1')
  rounds.begin()
  question('bot1').resolve(answerOf(null))
  await current.promise
  expect(rounds.hasRead(followed)).toBe(true)

  rounds.begin()

  expect(rounds.isCurrent).toBe(false)
  expect(rounds.hasRead(followed)).toBe(false)
})

test('a gate that was removed before the answer came takes nothing over', async () => {
  const [first, second] = [follow('bot1'), follow('bot2')]
  rounds.begin()
  const asked = question('bot1')

  gates.remove('bot1')
  asked.resolve(answerOf(new Decisions('bot1').tick(1000)))
  await settled()
  question('bot2').resolve(answerOf(null))
  await current.promise

  expect(first.gate.version).toBe(0)
  expect(first.gate.canTrade().reason).toBe('this trader is not followed any more')
  expect(rounds.hasRead(second)).toBe(true)
})

test('a gate is asked for once at a time beside a round', async () => {
  const followed = follow('bot1')
  rounds.begin()
  question('bot1').resolve(answerOf(null))
  await current.promise

  const reading = rounds.readAgain(followed)
  void rounds.readAgain(followed)
  expect(questions).toHaveLength(1)
  question('bot1').reject(new Error('nobody answers'))
  await reading
  void rounds.readAgain(followed)

  expect(questions).toHaveLength(1)
  expect(rounds.isCurrent).toBe(true)
})

test('a gate that is added opens when it is read, if a guardian is heard', async () => {
  follow('bot1')
  rounds.begin()
  question('bot1').resolve(answerOf(null))
  await current.promise
  hearing.heartbeat(performance.now())
  const added = follow('bot2')

  const reading = rounds.readAdded(added)
  expect(added.gate.canTrade().reason).toBe(UNKNOWN)
  question('bot2').resolve(answerOf(new Decisions('bot2').tick(1000)))
  await reading

  expect(added.gate.canTrade().allowed).toBe(true)
})

test('a log that contradicts what is known of a gate begins another round', async () => {
  const followed = follow('bot1')
  const decisions = new Decisions('bot1')
  const older = decisions.tick(1000)
  rounds.begin()
  question('bot1').resolve(answerOf(decisions.tick(1001)))
  await current.promise

  const reading = rounds.readAgain(followed)
  question('bot1').resolve(answerOf(older))
  await reading

  expect(rounds.isCurrent).toBe(false)
  question('bot1').resolve(answerOf(older))
  await settled()
  expect(followed.gate.canTrade().reason).toContain('brings version 1, and version 2 was known before')
  expect(failures).toEqual([])
})

test('a decision that cannot be read is a failure', async () => {
  follow('bot1')
  rounds.begin()
  const stored = { subject: subjects.out('breach', 'bot1'), seq: 1, time: 0, data: new Uint8Array([1]) }

  question('bot1').resolve({ log: { created: CREATED, continues: [] }, newest: stored })
  await settled()

  expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('event 1 of the risk log')])
  expect(rounds.isCurrent).toBe(false)
})

test('nothing is read once the follower has stopped', () => {
  follow('bot1')
  stopping.abort()

  rounds.begin()

  expect(questions).toEqual([])
})
