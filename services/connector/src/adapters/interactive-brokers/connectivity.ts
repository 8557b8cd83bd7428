/** What TWS told of its connections to IB. A cut one leaves the last values on its screen, and it goes on answering with them. */
export class Connectivity {
  #isCut = false
  readonly #farms = new Set<string>()

  /** Takes a message of TWS by its code; those of other things change nothing. */
  hear(code: number, text: string): void {
    if (CUT.includes(code)) this.#isCut = true
    else if (RESTORED.includes(code)) this.#isCut = false
    else if (code === FARM_BROKEN) this.#add(farmIn(text))
    else if (FARM_OK.includes(code)) {
      this.#isCut = false
      // "...is OK:usfarm", "...upon demand.usfarm"
      for (const farm of this.#farms) if (farm === UNKNOWN || text.trim().endsWith(farm)) this.#farms.delete(farm)
    }
  }

  /** Why its values may be old; null: they are not. */
  get doubt(): string | null {
    if (this.#isCut) return 'it has lost its connection to IB, so that its values are old'
    if (this.#farms.size === 0) return null
    return `it gets no market data of ${[...this.#farms].join(', ')}, so that its prices are old`
  }

  #add(farm: string): void {
    if (this.#farms.size < FARMS_MAX) this.#farms.add(farm)
  }
}

const CUT: readonly number[] = [1100, 2110]
const RESTORED: readonly number[] = [1101, 1102]
const FARM_BROKEN = 2103
/** Connected, or not needed at the moment. */
const FARM_OK: readonly number[] = [2104, 2108]
const FARMS_MAX = 50
const UNKNOWN = 'some farm'

/** The text ends with its name: "Market data farm connection is broken:usfarm". */
function farmIn(text: string): string {
  return /:\s*([\w.-]{1,40})\s*$/.exec(text)?.[1] ?? UNKNOWN
}
