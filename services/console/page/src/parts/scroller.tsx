import type { ComponentChildren } from 'preact'

interface ScrollerProps {
  readonly label: string
  readonly children: ComponentChildren
}

/** A table that is longer than its place; keys scroll it, too. */
export function Scroller({ label, children }: ScrollerProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, nobody could scroll it by keys
    <section class="scroller" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
