import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Infrastructure } from './infrastructure.ts'
import type { InfrastructureMessage } from './infrastructure-process.ts'

declare module 'vitest' {
  interface ProvidedContext {
    infrastructure: Infrastructure
  }
}

interface Shared {
  users: number
  readonly child: ChildProcess
  readonly infrastructure: Promise<Infrastructure>
}

/** Each project evaluates this module again; the shared process holds the one infrastructure of the run. */
const KEY = Symbol.for('drawbridge test infrastructure')
const holder = globalThis as { [KEY]?: Shared | undefined }

interface ProvidingProject {
  readonly provide: (key: 'infrastructure', value: Infrastructure) => void
}

/** Starts the infrastructure for the first project that needs it, and stops it with the last. */
export async function setup(project: ProvidingProject): Promise<() => Promise<void>> {
  holder[KEY] ??= startShared()
  const shared = holder[KEY]
  shared.users += 1
  project.provide('infrastructure', await shared.infrastructure)
  return async () => {
    shared.users -= 1
    if (shared.users > 0) return
    holder[KEY] = undefined
    await stopShared(shared.child)
  }
}

function startShared(): Shared {
  const child = fork(fileURLToPath(new URL('./infrastructure-process.ts', import.meta.url)), {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const infrastructure = new Promise<Infrastructure>((resolve, reject) => {
    child.on('message', (message: InfrastructureMessage) => {
      if (message.kind === 'said') console.log(message.line)
      else if (message.kind === 'started') resolve(message.infrastructure)
      else reject(new Error(message.reason))
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the test infrastructure ended with exit code ${code}`)))
  })
  return { users: 0, child, infrastructure }
}

async function stopShared(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  if (child.connected) child.disconnect()
  await exited
}
