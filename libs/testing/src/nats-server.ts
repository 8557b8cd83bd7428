import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findNatsServer, freePort } from '@drawbridge/dev-stack'

const LISTENS_WITHIN_MS = 60_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * A private nats-server on 127.0.0.1, with JetStream on files, that can be killed, frozen, and restarted on the same store.
 * Syncs to disk every two minutes, the default: a killed process loses nothing, a power failure could.
 */
export class NatsServer {
  readonly url: string
  /** The name of the node in its cluster; unused without a cluster. */
  readonly name: string
  readonly #port: number
  readonly #folder: string
  readonly #store: string
  readonly #command: string
  #child: ChildProcess | null = null

  private constructor(name: string, port: number, folder: string, store: string, command: string) {
    this.url = `nats://127.0.0.1:${port}`
    this.name = name
    this.#port = port
    this.#folder = folder
    this.#store = store
    this.#command = command
  }

  /** @param store the folder of its streams; a temporary one if not given */
  static async start(store?: string): Promise<NatsServer> {
    const server = await NatsServer.#prepare('alone', '', store)
    await server.start()
    return server
  }

  /** Three nodes for streams with three replicas. Resolves when each accepts connections, before a leader is elected. */
  static async startCluster(): Promise<NatsServer[]> {
    const ports = await Promise.all([freePort(), freePort(), freePort()])
    const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')
    const nodes = await Promise.all(
      ports.map((port, index) =>
        NatsServer.#prepare(
          `node-${index + 1}`,
          `cluster { name: drawbridge, listen: "127.0.0.1:${port}", routes: [${routes}] }`,
        ),
      ),
    )
    await Promise.all(nodes.map((node) => node.start()))
    return nodes
  }

  static async #prepare(name: string, cluster: string, given?: string): Promise<NatsServer> {
    const { command } = await findNatsServer()
    const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-nats-'))
    const store = given ?? path.join(folder, 'store')
    const port = await freePort()
    const lines = [
      `server_name: ${name}`,
      `listen: "127.0.0.1:${port}"`,
      'max_payload: 1MB',
      `jetstream { store_dir: ${JSON.stringify(store)} }`,
      cluster,
    ]
    await writeFile(path.join(folder, 'nats-server.conf'), lines.join('\n'))
    return new NatsServer(name, port, folder, store, command)
  }

  /** Resolves when it accepts connections: its store has been read by then. */
  async start(): Promise<void> {
    const config = path.join(this.#folder, 'nats-server.conf')
    const child = spawn(this.#command, ['-c', config], { stdio: 'ignore', env: { TZ: 'UTC' } })
    this.#child = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    const deadline = Date.now() + LISTENS_WITHIN_MS
    while (!(await greets(this.#port))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`nats-server ${this.name} ended`)
      if (Date.now() > deadline) throw new Error(`nats-server ${this.name} accepts no connection`)
      await delay(25)
    }
  }

  /** Resolves when it has ended. Safe to repeat. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  /**
   * Ends it, changes its store, and starts it again.
   * @param signal after SIGTERM the server trusts its index of the store, and does not check each message
   */
  async changeStore(
    change: (store: string) => Promise<void>,
    signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
  ): Promise<void> {
    await this.kill(signal)
    await change(this.#store)
    await this.start()
  }

  /** It neither answers nor closes its connections, until {@link goOn}. */
  holdUp(): void {
    this.#child?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Stops it permanently and deletes its store. */
  async close(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** True when something on this port opens a connection as a NATS server does. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.setTimeout(1_000)
    const answer = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('data', (bytes) => answer(bytes.toString().startsWith('INFO ')))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
