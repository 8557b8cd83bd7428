import { useEffect, useState } from 'preact/hooks'
import { theme } from '../../store/preferences.ts'

const DARK = '(prefers-color-scheme: dark)'

/** Changes when the colours of the page do. */
export function useTheme(): string {
  const [isDark, setDark] = useState(() => matchMedia(DARK).matches)
  useEffect(() => {
    const query = matchMedia(DARK)
    const follow = () => setDark(query.matches)
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [])
  return theme.value === 'system' ? (isDark ? 'dark' : 'light') : theme.value
}
