import type { TraderEventType } from '@drawbridge/contracts'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What a guardian counts. */
export type GuardianMetrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry, now: () => { readonly settled: number; readonly unsettled: number }) {
  const registers = [registry]
  new Gauge({
    name: 'guardian_settled_sequence',
    help: 'Every input up to this stream sequence is decided and stored',
    registers,
    collect() {
      this.set(now().settled)
    },
  })
  new Gauge({
    name: 'guardian_unsettled_inputs',
    help: 'Inputs read and not yet settled',
    registers,
    collect() {
      this.set(now().unsettled)
    },
  })
  const stored = new Map<TraderEventType, number>()
  new Counter({
    name: 'guardian_events_total',
    help: 'Events that this guardian stored',
    labelNames: ['type'],
    registers,
    collect() {
      this.reset()
      for (const [type, count] of stored) this.inc({ type }, count)
    },
  })
  return {
    /** A labelled counter costs as much as a decision; so this is counted here, and copied when it is asked for. */
    countEvent(type: TraderEventType): void {
      stored.set(type, (stored.get(type) ?? 0) + 1)
    },
    rejects: new Counter({ name: 'guardian_rejects_total', help: 'Inputs that went to REJECTS', registers }),
    publishesRefused: new Counter({
      name: 'guardian_publishes_refused_total',
      help: 'Publishes after which the log had to be read again',
      registers,
    }),
    divergence: new Counter({
      name: 'guardian_divergence_total',
      help: 'Events that this guardian would have decided otherwise than the log; above 0 needs a look',
      registers,
    }),
    inputsLost: new Counter({
      name: 'guardian_inputs_lost_total',
      help: 'Inputs that left the input log before any guardian read them; above 0 needs a look',
      registers,
    }),
  }
}
