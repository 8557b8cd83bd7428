import { encodeHeartbeat, HEARTBEAT_INTERVAL_MS, subjects } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { Liveness } from '../core/liveness.ts'
import { InputsRecreatedError, type InputWatch } from '../inbound/input-watch.ts'
import { type LogBinding, RiskLogRefusedError } from '../log-binding.ts'
import { RiskLogDamagedError } from '../risk-log-damage.ts'

export interface HeartbeatOptions {
  readonly connection: NatsConnection
  readonly inputs: InputWatch
  readonly binding: LogBinding
  /** Names the guardian. */
  readonly name: string
  readonly leaseMs: number
  /** The end of INPUTS at the start; none is sent before that is settled. */
  readonly lastSeqAtStart: number
  /** When INPUTS was looked at for that, of `performance.now()`. */
  readonly lookedAt: number
  readonly settled: () => number
  /** Whether the risk log takes no more. */
  readonly full: () => boolean
  readonly stopping: AbortSignal
  readonly log: Logger
  readonly onSent: () => void
  /** Called after each look at INPUTS; the next one waits for it. */
  readonly onBeat: (settled: number) => Promise<void>
  readonly onError: (error: Error) => void
}

/** An input may be as old as the last look that did not see it; a short lease leaves little room for that. */
const LOOKS_PER_LEASE = 8

/**
 * Sends a sign of life once a second, or more often where the lease is short, while no input is undecided for half a
 * lease. Gives the function to end it.
 */
export function startHeartbeats(options: HeartbeatOptions): () => void {
  const { leaseMs, lastSeqAtStart, lookedAt } = options
  const liveness = new Liveness(leaseMs / 2, lastSeqAtStart, lookedAt)
  let busy = false
  const timer = setInterval(
    () => {
      if (busy) return
      busy = true
      void beat(options, liveness).finally(() => {
        busy = false
      })
    },
    Math.min(HEARTBEAT_INTERVAL_MS, leaseMs / LOOKS_PER_LEASE),
  )
  return () => clearInterval(timer)
}

async function beat(options: HeartbeatOptions, liveness: Liveness): Promise<void> {
  const { connection, inputs, binding, name, stopping, log } = options
  if (stopping.aborted) return
  const { inputsOffset } = binding
  const settled = options.settled()
  try {
    const [state, isWhole] = await Promise.all([inputs.look(settled - inputsOffset), binding.look()])
    const lastSeq = state.last_seq + inputsOffset
    if (stopping.aborted || !isWhole) return
    if (liveness.keepsUp(lastSeq, settled, performance.now()) && !options.full()) {
      const heartbeat = { instance: name, settled, lag: lastSeq - settled, log: binding.created }
      connection.publish(subjects.heartbeat, encodeHeartbeat(heartbeat))
      options.onSent()
    }
  } catch (error) {
    if (isFinal(error)) options.onError(error)
    else if (!stopping.aborted) log.warn({ err: error }, 'no heartbeat: NATS cannot be asked')
    return
  }
  await options.onBeat(settled).catch(options.onError)
}

/** No look that follows will find it otherwise. */
function isFinal(error: unknown): error is Error {
  return (
    error instanceof InputsRecreatedError ||
    error instanceof RiskLogRefusedError ||
    error instanceof RiskLogDamagedError
  )
}
