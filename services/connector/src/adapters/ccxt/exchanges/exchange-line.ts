import type { Failure } from '../../../core/failure.ts'
import type { Examination, FlattenAnswer } from '../../../port.ts'
import type { Found } from '../../generic/reading.ts'

export type Credential = 'api_key' | 'api_secret' | 'passphrase'

/** Makes a call by the name that ccxt gives it, and answers the JSON of the exchange as it is. Throws ccxt's errors. */
export type Ask = (method: string, params?: object) => Promise<unknown>

/** The fields of the settings that some exchanges use. */
export interface Question {
  /** The address of a wallet. */
  readonly address?: string
  /** To value the account in. */
  readonly currency?: string
  readonly sub_account?: string
  /** Whether deposits and withdrawals are read. */
  readonly net_deposits?: boolean
  /** Coins that may be worth nothing. */
  readonly ignore?: readonly string[]
  /** The largest quantity of a coin that may go without a price. */
  readonly dust?: string
}

/** What the settings name files of. */
export type Keys = Readonly<Partial<Record<Credential, string>>>

export type Rights = Examination['rights']

/** What an order of ours may be called on an exchange. */
export interface IdRule {
  /** Characters that it does not take. */
  readonly without: RegExp
  readonly lengthMax: number
}

/** What closes an account has, beside its calls. */
export interface FlattenParts {
  readonly ask: Ask
  /** A new name for an order, that says whose it is. */
  readonly newId: (rule?: IdRule) => string
  readonly question: Question
}

/** How the equity of an account is asked for on one exchange. */
export interface ExchangeLine {
  /** The exchange in ccxt. */
  readonly ccxt: string
  /** Which account it is, for people. */
  readonly about: string
  readonly credentials: readonly Credential[]
  readonly needsAddress?: true
  /** Fields of the settings that it uses. */
  readonly takes: readonly (keyof Question)[]
  /** Where the equity is. What is missing there becomes an unusable reading. */
  readonly find: (ask: Ask, question: Question) => Promise<Found | Failure>
  /** What the key may do, where the exchange tells. */
  readonly rights?: (ask: Ask, keys: Keys) => Promise<Rights>
  /** Closes all positions and cancels all orders, by a key that may trade. */
  readonly flatten?: (parts: FlattenParts) => Promise<FlattenAnswer>
  /** What a person should know of its figures, a sentence each. */
  readonly notes: readonly string[]
}
