import { formatDuration } from '../formats/times.ts'
import { consoleNow } from '../store/console-now.ts'

/** How long ago something was, by the clock of the console. */
export function Age({ at }: { readonly at: string }) {
  if (at === '') return <span>never</span>
  return <span>{formatDuration(consoleNow() - Date.parse(at), 1)}</span>
}
