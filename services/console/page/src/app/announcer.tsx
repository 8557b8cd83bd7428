import { announced } from '../store/announcements.ts'

/** Says to a screen reader what has just been blocked, or allowed again. */
export function Announcer() {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {announced.value}
    </p>
  )
}
