import type { Author } from './author.ts'
import { type Holder, operatorHolder } from './holder.ts'
import type { Instant } from './instant.ts'

/** A pause of all traders, also of those that report for the first time while it lasts. */
export interface PauseOfAll extends Author {
  /** Null: until an operator ends it. */
  readonly until: Instant | null
  readonly reason: string
}

/** Holds a trader while all are paused. No user and no token can have this name. */
export const ALL_HOLDER: Holder = operatorHolder('*')
