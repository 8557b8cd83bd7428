const SEEDS = 2 ** 31

/** Numbers that look random and are the same for the same seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A separate generator for one purpose, so that more calls of one do not change the numbers of another. */
  static of(seed: number, purpose: string): Random {
    let hash = (seed ^ 0x9e3779b9) >>> 0
    for (const letter of purpose) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
    const random = new Random(hash)
    random.next()
    return random
  }

  /** From 0 up to, not including, 1. (Mulberry32.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.next() * choices.length)]
    if (choice === undefined) throw new Error('there is nothing to pick from')
    return choice
  }

  /** About half of them, in their order, at least one: a rare choice is then frequent in some seeds. */
  some<T>(choices: readonly T[]): readonly T[] {
    const chosen = choices.filter(() => this.chance(0.5))
    return chosen.length > 0 ? chosen : [this.pick(choices)]
  }

  /** Exponentially distributed waits with this mean, as between independent events; whole numbers from 1 up. */
  waitOf(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.next()) * mean))
  }
}

/** Random numbers for a test, by a seed that is printed: `DRAWBRIDGE_TEST_SEED` repeats them. */
export function randomOfTest(purpose: string): Random {
  return Random.of(seedOfTest(purpose), purpose)
}

/** A seed for a test that makes random numbers by itself; it is printed, and `DRAWBRIDGE_TEST_SEED` sets it. */
export function seedOfTest(purpose: string): number {
  const { DRAWBRIDGE_TEST_SEED: given } = process.env
  const seed = given ? Number(given) : Math.floor(Math.random() * SEEDS)
  console.info(`${purpose}: DRAWBRIDGE_TEST_SEED=${seed} repeats the random numbers`)
  return seed
}
