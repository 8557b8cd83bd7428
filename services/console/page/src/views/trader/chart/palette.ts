/** Colours of the theme as a canvas takes them: it knows no variables of CSS. */
export interface Palette {
  readonly ink: string
  readonly quiet: string
  readonly grid: string
  readonly equity: string
  readonly range: string
  readonly peak: string
  readonly drawdown: string
  readonly drawdownSoft: string
  readonly blocked: string
  readonly breach: string
  readonly warning: string
  readonly flow: string
  readonly doubt: string
  readonly surface: string
  readonly limits: readonly string[]
}

/** @param place an element that the theme applies to */
export function paletteOf(place: HTMLElement): Palette {
  const probe = place.appendChild(document.createElement('span'))
  probe.hidden = true
  const read = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const palette: Palette = {
    ink: read('ink'),
    quiet: read('quiet'),
    grid: read('line'),
    equity: read('accent'),
    range: read('chart-range'),
    peak: read('chart-peak'),
    drawdown: read('chart-drawdown'),
    drawdownSoft: read('chart-drawdown-soft'),
    blocked: read('chart-blocked'),
    breach: read('danger'),
    warning: read('warn'),
    flow: read('chart-flow'),
    doubt: read('neutral'),
    surface: read('surface'),
    limits: ['chart-limit-1', 'chart-limit-2', 'chart-limit-3', 'chart-limit-4', 'chart-limit-5'].map(read),
  }
  probe.remove()
  return palette
}
