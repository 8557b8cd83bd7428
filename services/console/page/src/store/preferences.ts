import { effect, signal } from '@preact/signals'
import { ZONES, type ZoneChoice } from '../formats/times.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What the reader has chosen; this browser remembers it. */
export const theme = remembered('theme', THEMES)
export const zone = remembered<ZoneChoice>('zone', ZONES)

/** Puts the theme in force, now and when it is changed. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
  })
}

/** @param choices the first one holds until another is chosen */
function remembered<T extends string>(name: string, choices: readonly [T, ...T[]]) {
  const key = `drawbridge.${name}`
  const stored = choices.find((choice) => choice === read(key))
  const value = signal<T>(stored ?? choices[0])
  effect(() => write(key, value.value))
  return value
}

/** A browser may forbid to remember anything. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // It holds until the page is closed.
  }
}
