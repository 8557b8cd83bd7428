import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findNatsServer, freePort } from '@drawbridge/dev-stack'
import { connectNats, createLogger } from '@drawbridge/service-kit'

export interface OwnNats {
  readonly url: string
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
  const child = spawn(command, ['-c', file], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const connection = await connectNats(`nats://127.0.0.1:${port}`, 'test', createLogger('test', 'silent'))
  await connection.close()
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true })
  }
  return { url: `nats://127.0.0.1:${port}`, stop }
}
