import { useEffect, useState } from 'preact/hooks'

export interface RowHeights {
  readonly trader: number
  readonly section: number
}

/** As the style sheet has them: a row is a card where the page is narrow. */
const WIDE: RowHeights = { trader: 56, section: 44 }
const NARROW: RowHeights = { trader: 192, section: 72 }
const IS_NARROW = '(max-width: 60rem)'

export function useRowHeights(): RowHeights {
  const [isNarrow, setNarrow] = useState(() => matchMedia(IS_NARROW).matches)
  useEffect(() => {
    const media = matchMedia(IS_NARROW)
    const follow = () => setNarrow(media.matches)
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [])
  return isNarrow ? NARROW : WIDE
}
