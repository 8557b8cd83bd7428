import { formatDuration } from '../formats/times.ts'
import { clock } from '../store/clock.ts'

/** How long ago something was. */
export function Age({ at }: { readonly at: string }) {
  if (at === '') return <span>never</span>
  return <span>{formatDuration(clock.value.wall - Date.parse(at), 1)}</span>
}
