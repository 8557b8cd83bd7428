import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger, Lifecycle } from '@drawbridge/service-kit'

/** A server that is just being started is stopped once it runs, which takes a while on a busy machine. */
const STOP_WITHIN_MS = 120_000

/** Ends on Ctrl-C, and with the parent process; then it stops and deletes everything that the bench has started. */
const lifecycle = new Lifecycle(createLogger('bench', 'warn', 'stderr'))
lifecycle.superviseProcess(STOP_WITHIN_MS)

/** Whether the bench was interrupted: later errors come from its stopped servers. */
export function isInterrupted(): boolean {
  return lifecycle.stopping.aborted
}

/** Something that a bench uses. It is released at the end of the process at the latest. */
export interface Used<T> {
  readonly value: T
  readonly release: () => Promise<void>
}

/** Starts something. If the process is already ending, starts nothing and never resolves. */
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

/** A temporary folder for this run of a bench. */
export function useFolder(): Promise<Used<string>> {
  const make = async () => mkdtempSync(path.join(tmpdir(), 'drawbridge-bench-'))
  return use('folder', make, async (folder) => rmSync(folder, { recursive: true, force: true }))
}
