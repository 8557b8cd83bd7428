import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger, Lifecycle } from '@drawbridge/service-kit'

/** Ends with Ctrl-C, and with whoever started it: nothing of a bench stays then. */
const lifecycle = new Lifecycle(createLogger('bench', 'warn', 'stderr'))
lifecycle.superviseProcess()

/** Whether the bench is ending before its time: what fails from then on fails because its servers are gone. */
export function isInterrupted(): boolean {
  return lifecycle.stopping.aborted
}

/** Something that a bench uses, and how to let go of it: at the end of the process at the latest. */
export interface Used<T> {
  readonly value: T
  readonly release: () => Promise<void>
}

/** Starts something. Once the process is ending nothing is started any more: then this never resolves. */
export async function use<T>(
  what: string,
  start: () => Promise<T>,
  stop: (value: T) => Promise<unknown>,
): Promise<Used<T>> {
  if (lifecycle.stopping.aborted) return new Promise(() => undefined)
  const starting = start()
  let released: Promise<void> | null = null
  const release = () => {
    released ??= starting.then(stop).then(() => undefined)
    return released
  }
  lifecycle.onStop(what, release)
  return { value: await starting, release }
}

/** A folder that goes with the bench. */
export function useFolder(): Promise<Used<string>> {
  const make = async () => mkdtempSync(path.join(tmpdir(), 'drawbridge-bench-'))
  return use('folder', make, async (folder) => rmSync(folder, { recursive: true, force: true }))
}
