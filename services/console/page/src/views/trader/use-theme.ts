import { useMedia } from '../../parts/use-media.ts'
import { theme } from '../../store/preferences.ts'

/** Changes when the colours of the page do. */
export function useTheme(): string {
  const isDark = useMedia('(prefers-color-scheme: dark)')
  return theme.value === 'system' ? (isDark ? 'dark' : 'light') : theme.value
}
