import type { Random } from '@drawbridge/testing/random'

const START_CENTS = 100_000
const LEAST_CENTS = 20_000
const STEP_CENTS = 300
const FALL_CHANCE = 0.01
/** A fall of this many percent breaks the daily loss of config.json. */
const FALL_PERCENT = 7

/** The equity of an account that sometimes breaches a limit. */
export class EquityWalk {
  readonly #random: Random
  #cents = START_CENTS

  constructor(random: Random) {
    this.#random = random
  }

  /** The next one, a decimal without trailing zeros. */
  next(): string {
    const isFall = this.#random.chance(FALL_CHANCE)
    const change = isFall ? -(this.#cents * FALL_PERCENT) / 100 : this.#random.between(-STEP_CENTS, STEP_CENTS + 20)
    this.#cents = Math.max(LEAST_CENTS, Math.round(this.#cents + change))
    return String(this.#cents / 100)
  }
}
