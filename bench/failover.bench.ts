/**
 * How long a tick waits for its decision when the active guardian dies (SIGKILL) or is frozen (SIGSTOP), while a second one
 * is on standby: the worst of all ticks in a round, by the clock of the server that stored both. For comparison, the worst of
 * the same round without a fault. `npm run bench -- failover [--json]` appends to bench/results/failover.jsonl.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeRiskEvent,
  headerNames,
  parseEventSubject,
  parseInputSubject,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { connectNats, followStream, lastMessage } from '@drawbridge/nats'
import { createLogger, provision } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { Load, STANDBY_RATE } from '@drawbridge/testing/load'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { gitCommit, machine, machineLine, median, roundTo } from './machine.ts'
import { use } from './released.ts'
import { appendResult } from './results-file.ts'

const ROUNDS = 5
/** The first part of a round, before the fault: normal operation. */
const USUAL_MS = 2_000
/** The second part, from the fault on; a frozen guardian stays frozen for all of it. */
const FAULT_MS = 3_000
const TAKEOVER_MS = 250
const TARGET_MS = TAKEOVER_MS + 200
const GUARDIAN = path.resolve(import.meta.dirname, '../services/risk-guardian')
const log = createLogger('bench', 'silent')

/** The worst times between a tick and its decision, milliseconds. */
interface Gaps {
  readonly usual: number
  readonly fault: number
}

class Bench {
  readonly serverVersion: string
  readonly #server: NatsServer
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  #guardians: ChildProcess[] = []

  private constructor(server: NatsServer, connection: NatsConnection, manager: JetStreamManager) {
    this.serverVersion = connection.info?.version ?? 'unknown'
    this.#server = server
    this.#connection = connection
    this.#manager = manager
  }

  static async open(): Promise<Bench> {
    const { value: server } = await use(
      'nats-server',
      () => NatsServer.start(),
      (started) => started.close(),
    )
    const connection = await connectNats(server.url, 'bench', log)
    const config = loadConfig({}, null)
    if (!config.ok) throw new Error(config.reason)
    await provision(connection, config.value)
    return new Bench(server, connection, await jetstreamManager(connection))
  }

  async close(): Promise<void> {
    for (const guardian of this.#guardians) guardian.kill('SIGKILL')
    await this.#connection.close()
    await this.#server.close()
  }

  async round(signal: 'SIGKILL' | 'SIGSTOP'): Promise<Gaps> {
    while (this.#guardians.length < 2) await this.#startGuardian()
    const firstInput = (await this.#lastSeq(streams.inputs)) + 1
    const firstEvent = (await this.#lastSeq(streams.risk)) + 1
    const load = await Load.start(this.#server.url)
    await delay(USUAL_MS)
    const active = await this.#active()
    const at = (await this.#lastSeq(streams.inputs)) + 1
    active.kill(signal)
    await delay(FAULT_MS)
    if (signal === 'SIGSTOP') active.kill('SIGCONT')
    else this.#guardians = this.#guardians.filter((guardian) => guardian !== active)
    await delay(USUAL_MS)
    await load.stop()
    return this.#worstGaps(firstInput, firstEvent, at)
  }

  /** Resolves when it is deciding. */
  async #startGuardian(): Promise<void> {
    const child = spawn(process.execPath, [path.join(GUARDIAN, 'src/main.ts')], {
      cwd: GUARDIAN,
      env: { PATH: process.env.PATH ?? '', NATS_URL: this.#server.url, RISK_GUARDIAN_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#guardians.push(child)
    const { stdout } = child
    if (stdout === null) throw new Error('the guardian has no output')
    let said = ''
    while (!said.includes('"judging"')) {
      const [bytes] = await once(stdout, 'data')
      said += String(bytes)
    }
    stdout.resume()
  }

  /** The guardian of the newest event. */
  async #active(): Promise<ChildProcess> {
    const last = await lastMessage(this.#manager, streams.risk, subjects.storedAll)
    const pid = last?.header.get(headerNames.guardian).split('-').at(-2)
    const active = this.#guardians.find((guardian) => String(guardian.pid) === pid)
    if (active === undefined) throw new Error(`the newest event is of process ${pid}, which is not one of ours`)
    return active
  }

  async #lastSeq(stream: string): Promise<number> {
    return (await this.#manager.streams.info(stream)).state.last_seq
  }

  /** @param faultFrom the first input that came after the fault, but for those of the same moment */
  async #worstGaps(firstInput: number, firstEvent: number, faultFrom: number): Promise<Gaps> {
    const storedAt = new Map<number, number>()
    await this.#read(streams.inputs, firstInput, ({ seq, subject, time }) => {
      if (parseInputSubject(subject).kind === 'tick') storedAt.set(seq, time)
    })
    const decidedAt = await this.#untilDecided(firstEvent, storedAt.size)
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
  async #untilDecided(firstEvent: number, count: number): Promise<ReadonlyMap<number, number>> {
    for (;;) {
      const decidedAt = new Map<number, number>()
      await this.#read(streams.risk, firstEvent, ({ subject, time, data }) => {
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

  async #read(
    stream: string,
    from: number,
    onMessage: (message: { seq: number; subject: string; time: number; data: Uint8Array }) => void,
  ): Promise<void> {
    const follower = await followStream(this.#connection, {
      stream,
      start: { from },
      onMessage,
      onLost: () => undefined,
    })
    await follower.caughtUp
    follower.stop()
  }
}

const kinds = ['SIGKILL', 'SIGSTOP'] as const
const rounds: Record<(typeof kinds)[number], Gaps[]> = { SIGKILL: [], SIGSTOP: [] }
const loadBefore = loadavg()[0] ?? 0
const bench = await Bench.open()
try {
  // Not counted: warm-up of processes and streams.
  await bench.round('SIGKILL')
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of kinds) rounds[kind].push(await bench.round(kind))
  }
} finally {
  await bench.close()
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
  bench: 'failover',
  date: new Date().toISOString(),
  gapMs: over(0),
  overTakeoverDelayMs: over(TAKEOVER_MS),
  usualWorstGapMs: Object.fromEntries(results.map(({ kind, usual }) => [kind, usual])),
  takeoverDelayMs: TAKEOVER_MS,
  targetGapMs: TARGET_MS,
  metTarget: worst <= TARGET_MS,
  rounds,
  settings: { ...STANDBY_RATE, guardians: 2, rounds: ROUNDS, faultMs: FAULT_MS, storage: 'file', syncInterval: '2m' },
  versions: { node: process.version, natsServer: bench.serverVersion, commit: gitCommit() },
  machine: { ...machine(), load: { before: loadBefore, after: loadavg()[0] ?? 0 } },
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
