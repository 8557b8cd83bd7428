import { Lifecycle, type Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { pino } from 'pino'
import type { SimulatedServer } from '../nats/simulated-server.ts'
import { outside, SimulatedProcess } from '../process.ts'
import type { Trace } from '../trace.ts'

export type Role = 'guardian' | 'persister' | 'trader'

/** Everything around a node. */
export interface Surroundings {
  readonly server: SimulatedServer
  readonly trace: Trace
  /** The lease of the gates, milliseconds. */
  readonly leaseMs: number
  /** How many of the newest events a guardian reads before it decides. */
  readonly readAtOnce: number
  readonly batchFrom: number
  /** Whether the server's store may lose messages. */
  readonly mayBeDamaged: boolean
  /** The node gave up with an error; `started`: after it had started. */
  readonly onFailed: (node: SimulatedNode, error: Error, started: boolean) => void
  /** The node has ended, because of an error or because it was told to. */
  readonly onEnded: (node: SimulatedNode) => void
}

const STOP_WITHIN_MS = 10_000

/** One process of a service: the service's own code, wired as its `main.ts` does. No other process ever has its name. */
export abstract class SimulatedNode {
  abstract readonly role: Role
  readonly name: string
  protected readonly surroundings: Surroundings
  protected readonly lifecycle: Lifecycle
  protected readonly log: Logger
  readonly #process = new SimulatedProcess()
  #ready = false
  #dead = false
  #stopping = false

  constructor(name: string, surroundings: Surroundings) {
    this.name = name
    this.surroundings = surroundings
    this.log = traceLogger(name, surroundings.trace)
    this.lifecycle = new Lifecycle(this.log)
    this.lifecycle.fail = (error) => this.#fail(error)
  }

  /** It has started, and is not stopping. */
  get running(): boolean {
    return this.#ready && !this.#stopping
  }

  get dead(): boolean {
    return this.#dead
  }

  run(): void {
    this.surroundings.trace.add(this.name, 'starts')
    this.#process.run(() =>
      this.start().then(
        () => {
          if (this.#stopping) return
          this.#ready = true
          this.surroundings.trace.add(this.name, 'has started')
        },
        (error: Error) => {
          if (!this.lifecycle.stopping.aborted) this.#fail(error)
        },
      ),
    )
  }

  protected abstract start(): Promise<void>

  protected connect(): Promise<NatsConnection> {
    return this.surroundings.server.connect(this.name)
  }

  /** Like SIGTERM. */
  stop(): void {
    this.inside(() => {
      if (this.#stopping) return
      this.#stopping = true
      this.surroundings.trace.add(this.name, 'is told to stop')
      this.#end()
    })
  }

  /** Like SIGKILL: it sends and receives nothing more. */
  kill(): void {
    if (this.#dead) return
    this.#dead = true
    this.#stopping = true
    this.#process.die()
    outside(() => {
      this.surroundings.server.kill(this.name)
      this.surroundings.trace.add(this.name, 'is dead')
      this.surroundings.onEnded(this)
    })
  }

  /** Like SIGSTOP. */
  freeze(): void {
    this.#process.stop()
  }

  /** Like SIGCONT. */
  thaw(): void {
    this.#process.goOn()
  }

  /** Runs something in it; while it is stopped, that waits. */
  protected inside(work: () => void): void {
    this.#process.ring(work)
  }

  /** Handles an error of the node. */
  #fail(error: Error): void {
    if (this.#stopping) return
    this.#stopping = true
    this.surroundings.trace.quote(this.name, `fails: ${describe(error)}`)
    this.surroundings.onFailed(this, error, this.#ready)
    this.#end()
  }

  #end(): void {
    const late = setTimeout(() => this.kill(), STOP_WITHIN_MS)
    void this.lifecycle.stop().finally(() => {
      clearTimeout(late)
      this.kill()
    })
  }
}

/** An error and its causes. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (${describe(error.cause)})`
  return `${error.name}: ${error.message}${cause}`
}

/** Warnings and errors become lines of the trace; only their constant message, as fields may hold random ids. */
function traceLogger(name: string, trace: Trace): Logger {
  const write = (line: string) => trace.add(name, `says: ${(JSON.parse(line) as { msg: string }).msg}`)
  return pino({ level: 'warn', base: null, timestamp: false }, { write })
}
