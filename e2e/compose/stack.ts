import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '@drawbridge/dev-stack'
import { eventually } from '@drawbridge/testing'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { docker, lines } from './docker.ts'
import { type Inspected, inspect } from './inspect.ts'
import { buildPlainClient } from './plain-client-image.ts'

/** A whole installation by compose.yaml, beside any other on this machine, with its data in a separate folder. */
export class Stack {
  readonly name: string
  readonly data: string
  readonly plainClientImage: string
  /** What the variables of compose.yaml are set to. */
  readonly env: NodeJS.ProcessEnv
  /** The address of the log for a container in its network. */
  readonly natsUrls: string
  readonly #files: readonly string[]

  private constructor(name: string, data: string, env: NodeJS.ProcessEnv, files: readonly string[]) {
    this.plainClientImage = `drawbridge-plain-client:${name}`
    this.natsUrls = files.length === 0 ? 'nats://nats:4222' : 'nats://nats:4222,nats://nats-2:4222,nats://nats-3:4222'
    this.name = name
    this.data = data
    this.env = env
    this.#files = files.flatMap((file) => ['--env-file', file])
  }

  /**
   * Builds its images, and starts nothing yet.
   * @param kind no two stacks of a process are of the same
   * @param envFiles as `docker compose --env-file` takes them
   */
  static async open(kind: string, envFiles: readonly string[] = []): Promise<Stack> {
    const name = `drawbridge-${kind}-${process.pid}`
    const data = await mkdtemp(path.join(tmpdir(), `${name}-`))
    const postgres = await docker(['run', '--rm', '--entrypoint', 'id', images.timescale, '-u', 'postgres'])
    const ports: Record<string, string> = {}
    for (const service of ['CONSOLE', 'TRADER', 'NATS', 'PROMETHEUS', 'GRAFANA'])
      ports[`${service}_PORT`] = String(await freePort())
    const env = {
      ...process.env,
      COMPOSE_DISABLE_ENV_FILE: '1',
      COMPOSE_PROJECT_NAME: name,
      DRAWBRIDGE_IMAGE: `drawbridge:${name}`,
      DATA_DIR: data,
      POSTGRES_UID: postgres,
      ...ports,
    }
    const stack = new Stack(name, data, env, envFiles)
    await stack.compose(['build'], 600_000)
    await buildPlainClient(stack.plainClientImage)
    return stack
  }

  compose(args: readonly string[], timeoutMs?: number): Promise<string> {
    return docker(['compose', ...this.#files, ...args], {
      env: this.env,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }

  /** Starts what is not running, and waits until all is healthy. */
  async up(...args: readonly string[]): Promise<void> {
    await this.compose(['up', '--detach', '--wait', ...args], 300_000)
  }

  /** Runs a service once, by its own entry point. */
  once(service: string, ...args: readonly string[]): Promise<string> {
    return this.compose(['run', '--rm', service, ...args], 180_000)
  }

  /** The servers of the log that run. */
  async natsServers(): Promise<readonly string[]> {
    return lines(await this.compose(['ps', '--services'])).filter((service) => service.startsWith('nats'))
  }

  /** Asks the database, as its superuser. */
  sql(statement: string, service = 'timescale'): Promise<string> {
    const psql = ['psql', '-U', 'postgres', '-d', 'drawbridge', '-tA', '-c', statement]
    return this.compose(['exec', '-T', service, ...psql])
  }

  /** Containers of the named services, or of all, including stopped ones. */
  async containers(...services: readonly string[]): Promise<readonly Inspected[]> {
    return inspect(lines(await this.compose(['ps', '--all', '--quiet', ...services])))
  }

  /** Waits until every container of a service is healthy. */
  async healthy(service: string): Promise<readonly Inspected[]> {
    const allHealthy = async () => {
      const found = await this.containers(service)
      return found.length > 0 && found.every(({ State }) => State.Health?.Status === 'healthy') && found
    }
    return eventually(allHealthy, { timeoutMs: 60_000, what: `${service} to be healthy` })
  }

  /** Removes the stack, of all profiles. The data stay. */
  async down(): Promise<void> {
    await this.compose(['--profile', '*', 'down', '--remove-orphans'], 180_000)
  }

  /** Removes data and images, too. */
  async close(): Promise<void> {
    const clients = lines(await docker(['ps', '--all', '--quiet', '--filter', `name=^${this.name}-(hear|send)-`]))
    if (clients.length > 0) await docker(['rm', '--force', ...clients])
    await this.down()
    // Most data belong to users that this one is not.
    const inside = ['--volume', `${this.data}:/data`, '--user', '0:0', '--entrypoint', 'find', images.node]
    await docker(['run', '--rm', ...inside, '/data', '-mindepth', '1', '-delete'])
    await rmdir(this.data)
    await docker(['image', 'rm', '--force', `drawbridge:${this.name}`, this.plainClientImage])
  }

  /** Containers, networks and volumes that are there of it. */
  async leftovers(): Promise<readonly string[]> {
    const label = ['--filter', `label=com.docker.compose.project=${this.name}`, '--quiet']
    const found = [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ].map((list) => docker([...list, ...label]))
    return (await Promise.all(found)).flatMap(lines)
  }
}
