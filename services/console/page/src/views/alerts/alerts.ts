import type { Severity } from '@drawbridge/contracts'

/** Who is told, and of what, as the console says it. */
export interface Told {
  /** Null: nobody is told. */
  readonly notifier: { readonly works: boolean; readonly heardAt: string | null } | null
  readonly channels: readonly Channel[]
  /** The most urgent, first. */
  readonly alerts: readonly OpenAlert[]
  readonly alertsInAll: number
  readonly silences: readonly Silence[]
}

export interface Channel {
  readonly name: string
  readonly kind: string
  readonly state: 'untried' | 'ok' | 'failing' | 'shut-out'
  readonly reason: string | null
  readonly lastSentAt: string | null
  readonly waiting: number
}

export interface OpenAlert {
  readonly trader: string
  readonly key: string
  readonly severity: Severity
  readonly version: number
  readonly openedAt: string
  readonly isSilenced: boolean
  readonly acknowledged: { readonly by: string; readonly at: string } | null
}

export interface Silence {
  readonly id: string
  readonly trader: string | null
  readonly tag: string | null
  readonly kind: string | null
  readonly until: string
  readonly reason: string
  readonly by: string
}

/** What a command is answered with; null: it is done. */
export interface Taken {
  readonly reason: string | null
}

/** The traders of faults of Drawbridge itself. */
export const SYSTEM = ':system'

/** Whose it is, for people. */
export function whoseInWords(trader: string): string {
  return trader === SYSTEM ? 'Drawbridge' : trader
}

/** What goes on. */
export function alertInWords({ key }: Pick<OpenAlert, 'key'>): string {
  const at = key.indexOf(':')
  const [kind, what] = at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)]
  switch (kind) {
    case 'breach':
      return `${what} is broken`
    case 'uncomputable':
      return `${what} cannot be computed`
    case 'silent':
      return 'the bot is silent'
    case 'fault':
      return `a fault: ${what}`
    default:
      return key
  }
}

/** What a channel does, and why it does not. */
export function channelInWords({ state, reason, waiting }: Channel): string {
  const left = waiting === 0 ? '' : `; ${waiting} ${waiting === 1 ? 'waits' : 'wait'}`
  switch (state) {
    case 'untried':
      return `nothing was sent yet${left}`
    case 'ok':
      return `takes messages${left}`
    case 'failing':
      return `takes nothing now: ${reason ?? 'nobody knows why'}${left}; it is tried again by itself`
    case 'shut-out':
      return `refuses us: ${reason ?? 'nobody knows why'}${left}; renew its secret or its address`
    default:
      return state satisfies never
  }
}
