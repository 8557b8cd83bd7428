/** A connector as far as it stops entries. */
export interface Stopping {
  readonly name: string
  readonly trader: string
  /** Whether it can stop entries on the other side; null: it is not asked to, or nobody can say. */
  readonly canBlock: boolean | null
}

/** A sentence for each trader whose connectors must stop entries on the other side, and cannot. */
export function unstoppedInWords(connectors: readonly Stopping[]): readonly string[] {
  const traders = new Set(connectors.map(({ trader }) => trader))
  return [...traders].flatMap((trader) => {
    const own = connectors.filter((one) => one.trader === trader && one.canBlock !== null)
    if (own.length === 0 || own.some(({ canBlock }) => canBlock)) return []
    const names = own.map(({ name }) => `"${name}"`).join(' and ')
    const reads =
      own.length === 1 ? 'only reads and cannot block entries there' : 'only read and cannot block entries there'
    return [`no connector stops entries of ${trader}: ${names} ${reads}, so its bot has to ask before each one`]
  })
}
