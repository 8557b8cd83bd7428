import type { Verdict } from '@drawbridge/client'
import type { TObject } from 'typebox'
import { HttpCalls } from '../src/outbound/http-calls.ts'
import { Pace } from '../src/outbound/pace.ts'
import type { Account, Adapter, Surroundings } from '../src/port.ts'

export const OPEN: Verdict = {
  allowed: true,
  action: null,
  code: 'ok',
  reason: null,
  holders: [],
  until: null,
  budget: null,
  retryAfterMs: null,
}

const LIMIT = { calls: 60_000, perMs: 60_000 }

/** Opens an account without a connector around it. */
export function openAlone<Schema extends TObject>(
  adapter: Adapter<Schema>,
  settings: Parameters<Adapter<Schema>['open']>[0],
  secrets: Readonly<Record<string, string>> = {},
  verdict: () => Verdict = () => OPEN,
  forwarded: Surroundings['forwarded'] = () => undefined,
  pace = new Pace({ read: LIMIT, control: LIMIT }),
): Account {
  const surroundings: Surroundings = {
    name: 'alone',
    trader: 'alone',
    marker: 'drawbridge:alone',
    mayClose: false,
    dryRun: false,
    noteFile: '',
    secret: (name) => secrets[name] ?? null,
    http: new HttpCalls(pace),
    take: (kind, signal) => pace.take(kind, signal),
    now: () => Date.now(),
    wake: () => undefined,
    forwarded,
    verdict,
  }
  return adapter.open(settings, surroundings)
}
