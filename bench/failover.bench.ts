/**
 * How long a tick waits for its decision when the active guardian dies (SIGKILL) or is frozen (SIGSTOP), while a second one
 * is on standby: the worst of all ticks in a round, by the clock of the server that stored both. For comparison, the worst of
 * the same round without a fault. `npm run bench -- failover [--json]` appends to bench/results/failover.jsonl.
 */
import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeRiskEvent,
  headerNames,
  parseEventSubject,
  parseInputSubject,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { connectNats, followStream, lastMessage, type StreamMessage } from '@drawbridge/nats'
import { createLogger, provision } from '@drawbridge/service-kit'
import { Load, STANDBY_RATE } from '@drawbridge/testing/load'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { eventually, type ServiceProcess, spawnService } from '@drawbridge/testing/processes'
import { validConfig } from '@drawbridge/testing/streams'
import { jetstreamManager } from '@nats-io/jetstream'
import { median, roundTo } from './figures.ts'
import { use } from './released.ts'
import { appendResult, headOf, loadNow, machineLine, surroundings } from './results.ts'

const ROUNDS = 5
/** The first part of a round, before the fault: normal operation. */
const USUAL_MS = 2_000
/** The second part, from the fault on; a frozen guardian stays frozen for all of it. */
const FAULT_MS = 3_000
const TAKEOVER_MS = 250
const TARGET_MS = TAKEOVER_MS + 200

/** The worst times between a tick and its decision, milliseconds. */
interface Gaps {
  readonly usual: number
  readonly fault: number
}

const kinds = ['SIGKILL', 'SIGSTOP'] as const
const rounds: Record<(typeof kinds)[number], Gaps[]> = { SIGKILL: [], SIGSTOP: [] }
const loadBefore = loadNow()
const { value: server, release } = await use(
  'nats-server',
  () => NatsServer.start(),
  (started) => started.close(),
)
const connection = await connectNats(server.url, 'bench', createLogger('bench', 'silent'))
const natsServer = connection.info?.version ?? 'unknown'
await provision(connection, validConfig())
const manager = await jetstreamManager(connection)
let guardians: ServiceProcess[] = []
try {
  // Not counted: warm-up of processes and streams.
  await measureRound('SIGKILL')
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of kinds) rounds[kind].push(await measureRound(kind))
  }
} finally {
  for (const guardian of guardians) guardian.kill('SIGKILL')
  await connection.close()
  await release()
}

async function measureRound(signal: 'SIGKILL' | 'SIGSTOP'): Promise<Gaps> {
  while (guardians.length < 2) await startGuardian()
  const firstInput = (await lastSeq(streams.inputs)) + 1
  const firstEvent = (await lastSeq(streams.risk)) + 1
  const load = await Load.start(server.url)
  await delay(USUAL_MS)
  const active = await activeGuardian()
  const at = (await lastSeq(streams.inputs)) + 1
  active.kill(signal)
  await delay(FAULT_MS)
  if (signal === 'SIGSTOP') active.kill('SIGCONT')
  else guardians = guardians.filter((guardian) => guardian !== active)
  await delay(USUAL_MS)
  await load.stop()
  return worstGaps(firstInput, firstEvent, at)
}

/** Resolves when it is ready to decide. */
async function startGuardian(): Promise<void> {
  const guardian = spawnService('risk-guardian', { NATS_URL: server.url })
  guardians.push(guardian)
  const isReady = () => guardian.lines().some(({ msg }) => msg === 'judging')
  await eventually(isReady, { what: 'a guardian to be ready' })
}

/** The guardian of the newest event. */
async function activeGuardian(): Promise<ServiceProcess> {
  const last = await lastMessage(manager, streams.risk, subjects.storedAll)
  const pid = last?.header.get(headerNames.guardian).split('-').at(-2)
  const active = guardians.find((guardian) => String(guardian.pid) === pid)
  if (active === undefined) throw new Error(`the newest event is of process ${pid}, which is not one of ours`)
  return active
}

async function lastSeq(stream: string): Promise<number> {
  return (await manager.streams.info(stream)).state.last_seq
}

/** @param faultFrom the first input after the fault, except for the inputs of the same moment */
async function worstGaps(firstInput: number, firstEvent: number, faultFrom: number): Promise<Gaps> {
  const storedAt = new Map<number, number>()
  await readStream(streams.inputs, firstInput, ({ seq, subject, time }) => {
    if (parseInputSubject(subject).kind === 'tick') storedAt.set(seq, time)
  })
  const decidedAt = await untilDecided(firstEvent, storedAt.size)
  const worst = { usual: 0, fault: 0 }
  for (const [seq, stored] of storedAt) {
    const decided = decidedAt.get(seq)
    if (decided === undefined) throw new Error(`input ${seq} was not decided`)
    // A tick just before the fault may have been undecided when it occurred.
    const when = seq < faultFrom - STANDBY_RATE.traders ? 'usual' : 'fault'
    worst[when] = Math.max(worst[when], decided - stored)
  }
  return worst
}

/** When each input was decided, once this many are. */
async function untilDecided(firstEvent: number, count: number): Promise<ReadonlyMap<number, number>> {
  for (;;) {
    const decidedAt = new Map<number, number>()
    await readStream(streams.risk, firstEvent, ({ subject, time, data }) => {
      if (parseEventSubject(subject).kind !== 'trader') return
      const event = decodeRiskEvent(data)
      if (!event.ok) throw new Error(event.reason)
      const { inputSeq } = event.value.state
      if (decidedAt.has(inputSeq)) throw new Error(`input ${inputSeq} was decided twice`)
      decidedAt.set(inputSeq, time)
    })
    if (decidedAt.size >= count) return decidedAt
    await delay(100)
  }
}

async function readStream(stream: string, from: number, onMessage: (message: StreamMessage) => void): Promise<void> {
  const onLost = () => undefined
  const follower = await followStream(connection, { stream, start: { from }, onMessage, onLost })
  await follower.caughtUp
  follower.stop()
}

const ms = (value: number) => roundTo(value, 1)
const results = kinds.map((kind) => {
  const faults = rounds[kind].map(({ fault }) => fault)
  return {
    kind,
    median: ms(median(faults)),
    worst: ms(Math.max(...faults)),
    usual: ms(median(rounds[kind].map(({ usual }) => usual))),
  }
})
const worst = Math.max(...results.map((result) => result.worst))

const over = (takeoverMs: number) =>
  Object.fromEntries(
    results.map((result) => [
      result.kind,
      { median: ms(result.median - takeoverMs), worst: ms(result.worst - takeoverMs) },
    ]),
  )
const result = {
  ...headOf('failover'),
  gapMs: over(0),
  overTakeoverDelayMs: over(TAKEOVER_MS),
  usualWorstGapMs: Object.fromEntries(results.map(({ kind, usual }) => [kind, usual])),
  takeoverDelayMs: TAKEOVER_MS,
  targetGapMs: TARGET_MS,
  metTarget: worst <= TARGET_MS,
  rounds,
  settings: { ...STANDBY_RATE, guardians: 2, rounds: ROUNDS, faultMs: FAULT_MS, storage: 'file', syncInterval: '2m' },
  ...surroundings({ natsServer }, loadBefore),
}
console.table(
  results.map(({ kind, median: middle, worst: most, usual }) => ({
    fault: kind,
    'median of worst gaps, ms': middle,
    'worst gap, ms': most,
    'worst, ms over the takeover delay': ms(most - TAKEOVER_MS),
    'without a fault, ms': usual,
  })),
)
const { traders, ticksPerSecond } = STANDBY_RATE
console.log(`tick stored to decision stored, ${traders} traders of ${ticksPerSecond} ticks/s, ${ROUNDS} rounds each`)
console.log(`target: at most ${TARGET_MS} ms; ${worst <= TARGET_MS ? 'met' : 'missed'}`)
console.log(machineLine())
console.log(`appended to ${appendResult(result)}`)
if (process.argv.includes('--json')) console.log(JSON.stringify(result))
