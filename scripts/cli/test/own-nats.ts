import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findNatsServer, freePort } from '@drawbridge/dev-stack'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'

export interface OwnNats {
  readonly url: string
  /** Ends it in order, does something, and starts it again on the same data and port. */
  readonly restart: (meanwhile?: () => void) => Promise<void>
  /** Ends it for good. */
  readonly stop: () => Promise<void>
}

/** Starts a nats-server with the settings of a test; `{store}` in them is a folder of its own. */
export async function startOwnNats(settings: string): Promise<OwnNats> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-doctor-'))
  const port = await freePort()
  const file = path.join(folder, 'nats-server.conf')
  const text = settings.replace('{store}', JSON.stringify(path.join(folder, 'store')))
  await writeFile(file, `listen: "127.0.0.1:${port}"\n${text}\n`)
  const { command } = await findNatsServer()
  let child = await started(command, file, port)
  return {
    url: `nats://127.0.0.1:${port}`,
    restart: async (meanwhile = () => undefined) => {
      await ended(child, 'SIGTERM')
      meanwhile()
      child = await started(command, file, port)
    },
    stop: async () => {
      await ended(child, 'SIGKILL')
      await rm(folder, { recursive: true })
    },
  }
}

/** @returns once it takes connections */
async function started(command: string, file: string, port: number): Promise<ChildProcess> {
  const child = spawn(command, ['-c', file], { stdio: 'ignore' })
  const connection = await connectNats(`nats://127.0.0.1:${port}`, 'test', createLogger('test', 'silent'))
  await connection.close()
  return child
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
