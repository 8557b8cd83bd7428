import type { Colour, Paint } from './paint.ts'

/** Text, and its colour on a terminal. */
export interface Cell {
  readonly text: string
  readonly colour?: Colour | null
  /** Numbers stand at the right, as all of their column does. */
  readonly isNumber?: true
}

const GAP = '  '

/**
 * Rows as lines, each column as wide as its widest cell.
 * @param width lines are cut there, in their last column; null: they are not
 */
export function tableLines(rows: readonly (readonly Cell[])[], paint: Paint, width: number | null = null): string[] {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.text.length ?? 0)),
  )
  const isOfNumbers = widths.map((_, column) => rows.some((row) => row[column]?.isNumber))
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, GAP.length)
  return rows.map((row) => {
    const cells = row.map(({ text, colour = null }, column) => {
      const isNumber = isOfNumbers[column]
      const space = ' '.repeat((widths[column] ?? 0) - text.length)
      if (column < columns - 1) return isNumber ? `${space}${paint(text, colour)}` : `${paint(text, colour)}${space}`
      return paint(isNumber ? `${space}${text}` : cut(text, width === null ? null : width - before), colour)
    })
    return `${GAP}${cells.join(GAP)}`.trimEnd()
  })
}

function cut(text: string, width: number | null): string {
  if (width === null || text.length <= width) return text
  return width < 2 ? '' : `${text.slice(0, width - 1)}…`
}

export const head = (...titles: readonly string[]): readonly Cell[] =>
  titles.map((text) => ({ text, colour: 'dim' as const }))
