import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { useLayoutEffect, useReducer, useState } from 'preact/hooks'

interface Options {
  readonly count: number
  readonly scroller: () => HTMLElement | null
  readonly heightOf: (index: number) => number
  readonly keyOf: (index: number) => string
}

const OVERSCAN = 8

/** Which of many rows are near what is seen, so that only these are in the document. */
export function useVirtualRows({ count, scroller, heightOf, keyOf }: Options): Virtualizer<HTMLElement, HTMLElement> {
  const [, render] = useReducer<number, null>((round) => round + 1, 0)
  const options = {
    count,
    getScrollElement: scroller,
    estimateSize: heightOf,
    getItemKey: keyOf,
    overscan: OVERSCAN,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => render(null),
  }
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options))
  virtualizer.setOptions(options)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  return virtualizer
}
