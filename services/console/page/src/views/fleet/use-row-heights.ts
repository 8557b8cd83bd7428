import { useMedia } from '../../parts/use-media.ts'

export interface RowHeights {
  readonly trader: number
  /** The height of a row with a reason. */
  readonly held: number
  readonly section: number
}

/** As the style sheet has them: a row is a card where the page is narrow. */
const WIDE: RowHeights = { trader: 56, held: 56, section: 44 }
const NARROW: RowHeights = { trader: 140, held: 184, section: 60 }
const IS_NARROW = '(max-width: 60rem)'

export function useRowHeights(): RowHeights {
  return useMedia(IS_NARROW) ? NARROW : WIDE
}
