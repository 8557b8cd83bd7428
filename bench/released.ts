import { createLogger, Lifecycle } from '@drawbridge/service-kit'

/** Ends with Ctrl-C, and with whoever started it: nothing of a bench stays then. */
const lifecycle = new Lifecycle(createLogger('bench', 'warn', 'stderr'))
lifecycle.superviseProcess()

/** How to let go of what has just been started: called here at the end of the process, unless it was called before. */
export function released(what: string, release: () => Promise<unknown>): () => Promise<void> {
  let released: Promise<void> | null = null
  const once = () => {
    released ??= release().then(() => undefined)
    return released
  }
  lifecycle.onStop(what, once)
  return once
}
