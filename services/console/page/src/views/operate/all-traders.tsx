import { mayAct } from '../../store/session.ts'
import { FlagsForm } from './flags-form.tsx'
import { PauseAllForm } from './pause-all-form.tsx'

/** What holds for every trader. */
export function AllTraders() {
  return (
    <div class="all-traders">
      <p class="quiet">Choose a trader above, or command all of them here.</p>
      <PauseAllForm />
      {mayAct('admin') && <FlagsForm />}
    </div>
  )
}
