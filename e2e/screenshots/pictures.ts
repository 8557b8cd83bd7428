import { fileURLToPath } from 'node:url'

/** Where the pictures of the README are. */
export const PICTURES_FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url))

/** A picture of the README, light and dark. */
export interface Picture {
  readonly name: string
  readonly path: string
  readonly height: number
  /** A text that is there once the view shows what it is to show. */
  readonly shows: string
}

export const PICTURES: readonly Picture[] = [
  { name: 'fleet', path: '/?group=group', height: 520, shows: 'sp500-firm' },
  { name: 'trader', path: '/traders/sp500-hold', height: 930, shows: 'Entries waited' },
  {
    name: 'what-if',
    path: '/what-if/sp500-hold?a=max_daily_loss:3,max_drawdown:10&b=preset:ftmo-2-step',
    height: 1_390,
    shows: 'events judged again',
  },
]

export const THEMES = ['light', 'dark'] as const

export function fileOf({ name }: Picture, theme: (typeof THEMES)[number]): string {
  return `${name}-${theme}.webp`
}
