import { signal } from '@preact/signals'

/** The page's own clock, which moves once a second: for countdowns and ages. */
export const clock = signal({ wall: Date.now(), steady: performance.now() })

export function startClock(): () => void {
  const timer = setInterval(() => {
    clock.value = { wall: Date.now(), steady: performance.now() }
  }, 1_000)
  return () => clearInterval(timer)
}
