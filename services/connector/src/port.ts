import type { GateCode, Verdict } from '@drawbridge/client'
import type { Amount, Instant, TraderId } from '@drawbridge/contracts'
import type { AdapterName } from '@drawbridge/settings'
import type { Static, TObject } from 'typebox'
import type { Failure } from './core/failure.ts'
import type { CallKind, CallLimits } from './core/token-bucket.ts'
import type { HttpCalls } from './outbound/http-calls.ts'

export type { Failure, GateCode, Verdict }

/** What the other side says of the account: all of it, and of now. What is less than that is a {@link Failure}. */
export interface Reading {
  /** With the profit and loss of open positions. */
  readonly equity: Amount
  /** Without it. */
  readonly balance?: Amount
  /** Deposits less withdrawals since the account began, where the other side tells them. */
  readonly netDeposits?: Amount
  readonly currency: string
  /** When it was true, if the other side says so: an old reading is not reported. */
  readonly at?: Instant
}

export type ReadAnswer = { readonly kind: 'reading'; readonly reading: Reading } | Failure

/** Why entries are blocked. */
export interface BlockRequest {
  /** For people, without the marker. */
  readonly reason: string
  /** When the pause may end; null: nobody can say. It is no promise: the connector says when it has ended. */
  readonly until: Instant | null
}

export type BlockAnswer =
  | {
      readonly kind: 'blocked'
      /** Until when it holds by itself; null: until it is undone. It is looked at again in good time before. */
      readonly until: Instant | null
      /** Whether anything had to be done for it. */
      readonly changed: boolean
    }
  | Failure

export type UnblockAnswer = { readonly kind: 'unblocked'; readonly changed: boolean } | Failure

export type FlattenAnswer =
  | { readonly kind: 'flat' }
  /** Orders are under way; it is asked again. */
  | { readonly kind: 'closing'; readonly open: number }
  | Failure

/**
 * One account on the other side. Every call may be repeated at any time, also by another process after a crash, so each
 * looks first at how things stand and does only what is missing. A call that throws counts as a temporary failure; one
 * that takes too long is abandoned, and its signal aborts.
 */
export interface Account {
  readEquity(signal: AbortSignal): Promise<ReadAnswer>
  /** Makes sure that the other side takes no new entries, and still lets positions be closed. Null: it cannot. */
  readonly block: ((request: BlockRequest, signal: AbortSignal) => Promise<BlockAnswer>) | null
  /** Makes sure that nothing of ours blocks there; what others did stays. Null: as {@link block}. */
  readonly unblock: ((signal: AbortSignal) => Promise<UnblockAnswer>) | null
  /** Whether it stops entries without {@link block}, as it asks about each before it goes on. */
  readonly asksAboutEach?: boolean
  /** Closes all positions; called only where `may_close` is set and a decision asks for it. */
  readonly flatten?: (signal: AbortSignal) => Promise<FlattenAnswer>
  /** What `drawbridge connect` shows beside the reading. */
  readonly examine?: (signal: AbortSignal) => Promise<Examination | Failure>
  /** Takes what the other side sends to `/connectors/<name>/<path>`; it tells who sent it by a secret of its own. */
  readonly receive?: (message: InboundMessage) => Promise<InboundAnswer>
  /** Safe to repeat. */
  readonly close?: () => Promise<void> | void
}

/** What can be said of a key and of the other side before anything depends on them. */
export interface Examination {
  /** The fields as the other side names and writes them, so that a person can compare. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The clock of the other side; null: it does not tell. */
  readonly clock: Instant | null
  /** Whether the key may do so; null: nobody can say. */
  readonly rights: { readonly read: boolean | null; readonly trade: boolean | null; readonly withdraw: boolean | null }
  /** What else a person should know, a sentence each. */
  readonly notes: readonly string[]
}

export interface InboundMessage {
  /** What follows `/connectors/<name>/`. */
  readonly path: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

export interface InboundAnswer {
  readonly status: number
  /** Sent as JSON. */
  readonly body: object
}

/** What a connector gives to the account that it opens. */
export interface Surroundings {
  /** The connector's name in the configuration. */
  readonly name: string
  readonly trader: TraderId
  /** Begins everything that we make on the other side, so that it is told from what others made: `drawbridge:<name>`. */
  readonly marker: string
  readonly mayClose: boolean
  /** Only says what it would do; for what {@link Account.receive} does by itself. */
  readonly dryRun: boolean
  /** The path of a file of this connector alone, for what must be known after a restart. */
  readonly noteFile: string
  /** A secret of {@link Adapter.secrets}, read from its file just now; null: an optional one that is not given. */
  secret(name: string): string | null
  /** HTTP with a bound on size, time and rate, whose faults are {@link Failure}s. */
  readonly http: HttpCalls
  /** To wait for before each call of a client that does not use {@link http}. */
  take(kind: CallKind, signal: AbortSignal): Promise<void>
  /** For the end of a lock and for waiting: never goes back, and is never behind the clock of the machine. */
  now(): Instant
  /** The other side told of a change: the equity is read at once, as far as its limits allow. */
  wake(): void
  /** An order that {@link Account.receive} took was sent on (null), or could not be, which operators are told. */
  forwarded(failure: Failure | null): void
  /** What the trader's gate says now. */
  verdict(): Verdict
}

export interface Secret {
  /** What it is, for people. */
  readonly about: string
  readonly required: boolean
}

/** How to speak to one kind of other side. */
export interface Adapter<Schema extends TObject = TObject> {
  readonly name: AdapterName
  /** A sentence for people. */
  readonly about: string
  /** The fields that it has in config.json besides the common ones; each `description` says what the value must be. */
  readonly settings: Schema
  /** By name: `password` is written as `"password_file": "<path>"`, never as itself. */
  readonly secrets: Readonly<Record<string, Secret>>
  /** Seconds from one reading to the next, if nobody says. */
  readonly everySeconds: number
  /** What the other side allows; a fifth of it is left to others. */
  readonly limits: (settings: Static<Schema>) => CallLimits
  /** How many calls of the limit `read` a reading is; one if not given. */
  readonly callsPerReading?: (settings: Static<Schema>) => number
  /** What is wrong beyond the schema, a sentence each. */
  readonly check?: (settings: Static<Schema>, secrets: ReadonlySet<string>) => readonly string[]
  /** Connects to nothing yet: the first call does. Throws no failure of the other side. */
  open(settings: Static<Schema>, surroundings: Surroundings): Account
}

/** An adapter whose schema is forgotten, so that all fit into one list. */
export type AnyAdapter = Omit<Adapter, 'open' | 'check' | 'limits' | 'callsPerReading'> & {
  readonly limits: (settings: never) => CallLimits
  readonly callsPerReading?: (settings: never) => number
  readonly check?: (settings: never, secrets: ReadonlySet<string>) => readonly string[]
  open(settings: never, surroundings: Surroundings): Account
}

/** Whether entries can be stopped on the other side of an account. */
export function stopsEntries({ block, asksAboutEach = false }: Account): boolean {
  return block !== null || asksAboutEach
}
