import { freePort } from '@drawbridge/dev-stack'
import { type DatabaseServer, SMALL_DISK_MIB, untilConnectable } from './databases.ts'

// This process removes its own containers, and leftovers of earlier processes.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'
const { getContainerRuntimeClient } = await import('testcontainers')
const { databaseContainer, DATABASE_PASSWORD } = await import('./docker-servers.ts')

const OWNER = 'drawbridge.test.owner'
const SMALL_DISK = '/small'

/** TimescaleDB in a container, on a port that it keeps after a restart. */
export async function startDockerDatabaseServer(): Promise<DatabaseServer> {
  const { container: client } = await getContainerRuntimeClient()
  await removeLeftovers(client.dockerode)
  const port = await freePort()
  const started = await databaseContainer({ container: 5432, host: port })
    .withTmpFs({ [SMALL_DISK]: `rw,size=${SMALL_DISK_MIB}m` })
    .withLabels({ [OWNER]: String(process.pid) })
    .start()
  const container = client.getById(started.getId())
  const url = `postgres://postgres:${DATABASE_PASSWORD}@${started.getHost()}:${port}/postgres`
  const chowned = await started.exec(['chown', 'postgres', SMALL_DISK])
  const smallDisk =
    chowned.exitCode === 0 ? { path: SMALL_DISK } : { missing: `the small disk cannot be used: ${chowned.output}` }
  await untilConnectable(url)
  return {
    url,
    smallDisk,
    kill: async () => {
      await container.kill({ signal: 'SIGKILL' })
      await container.wait()
    },
    stop: async () => {
      await container.stop({ t: 15 })
    },
    start: async () => {
      await container.start()
      await untilConnectable(url)
    },
    beStandby: async () => {
      const folder = (await container.inspect()).Config.Env.find((line) => line.startsWith('PGDATA='))?.slice(7)
      await started.copyContentToContainer([{ content: '', target: `${folder}/standby.signal`, mode: 0o644 }])
    },
    close: () => container.remove({ force: true, v: true }),
  }
}

/** Containers of processes that were killed. */
async function removeLeftovers(
  docker: Awaited<ReturnType<typeof getContainerRuntimeClient>>['container']['dockerode'],
): Promise<void> {
  const found = await docker.listContainers({ all: true, filters: { label: [OWNER] } })
  for (const { Id, Labels } of found) {
    if (!isAlive(Number(Labels[OWNER]))) await docker.getContainer(Id).remove({ force: true, v: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
