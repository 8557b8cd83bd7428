import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import path from 'node:path'
import { findNatsServer } from './find-nats-server.ts'
import { type PrivateServer, type PrivateServerOptions, startProgram } from './private-server.ts'
import { stopLeftover } from './stop-leftovers.ts'

const SERVER_NAME = /^server_name: "([^"]+)"$/m
/** JetStream reads its stores before it listens; gigabytes of them take a while. */
const READY_WITHIN_MS = 120_000

/**
 * Starts a nats-server with JetStream on the store `<dataDir>/nats` and waits until it accepts connections. It syncs to
 * disk every two minutes (the default): safe against killed processes, not against power loss.
 * @throws when no nats-server is found, the port is taken, or a running process uses this data directory.
 */
export async function startPrivateNats({ dataDir, port, log }: PrivateServerOptions): Promise<PrivateServer> {
  const folder = path.resolve(dataDir)
  await mkdir(folder, { recursive: true })
  const config = path.join(folder, 'nats-server.conf')
  const store = JSON.stringify(path.join(folder, 'nats'))
  await writeFile(config, `listen: "127.0.0.1:${port}"\nmax_payload: 1MB\njetstream { store_dir: ${store} }\n`)
  return startNatsWith(config, { dataDir, port, ...(log === undefined ? {} : { log }) })
}

/**
 * As {@link startPrivateNats}, with a configuration file; the port on 127.0.0.1 takes precedence over the file.
 * @throws also if the server refuses the file
 */
export async function startNatsWith(
  config: string,
  { dataDir, port, log }: PrivateServerOptions,
): Promise<PrivateServer> {
  const folder = path.resolve(dataDir)
  await mkdir(folder, { recursive: true })
  await stopLeftover(folder, 'nats-server')
  const { command } = await findNatsServer(process.env, log)
  // With a name on the command line, a server does not reload its configuration.
  const named = SERVER_NAME.exec(await readFile(config, 'utf8'))?.[1]
  const serverName = named ?? `drawbridge-${randomUUID()}`
  const program = startProgram(folder, 'nats-server', {
    command,
    args: ['-c', config, '-a', '127.0.0.1', '-p', String(port), ...(named === undefined ? ['-n', serverName] : [])],
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC' },
  })
  await program.untilReady(() => greets(port, serverName), READY_WITHIN_MS)
  return { url: `nats://127.0.0.1:${port}`, port, stop: program.stop, ended: program.ended }
}

/** True when our server, and not another one on this port, sends its INFO line. */
function greets(port: number, serverName: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.setEncoding('utf8')
    socket.setTimeout(1_000)
    const answer = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    let heard = ''
    socket.on('data', (text) => {
      heard += text
      if (heard.includes('\n')) answer(heard.startsWith('INFO ') && heard.includes(serverName))
    })
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
