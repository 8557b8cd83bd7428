import { mayAct } from '../../store/session.ts'
import { FlagsForm } from './flags-form.tsx'
import { PauseAllForm } from './pause-all-form.tsx'
import { useFlags } from './use-flags.ts'

/** What holds for every trader. */
export function AllTraders() {
  const known = useFlags()
  return (
    <div class="all-traders">
      <p class="quiet">Choose a trader above, or command all of them here.</p>
      <PauseAllForm known={known} />
      {mayAct('admin') && <FlagsForm known={known} />}
    </div>
  )
}
