import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PrivateServer, startPrivatePostgres } from '@drawbridge/dev-stack'
import { type DatabaseServer, mountSmallDisk, SMALL_DISK_MIB, unmountSmallDisk } from './databases.ts'

/** PostgreSQL from the npm package, in a temporary folder. */
export async function startEmbeddedDatabaseServer(): Promise<DatabaseServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-database-'))
  const cluster = path.join(dataDir, 'postgres')
  const port = await freePort()
  let running: PrivateServer = await startPrivatePostgres({ dataDir, port })
  const { uid, gid } = await stat(cluster)
  const smallDisk = await mountSmallDisk(path.join(dataDir, 'small'), { mebibytes: SMALL_DISK_MIB, uid, gid })
  const postmaster = async () => Number((await readFile(path.join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0])
  const kill = async () => {
    process.kill(await postmaster(), 'SIGKILL')
    await running.ended
  }
  const killAtExit = () => void running.stop()
  process.once('exit', killAtExit)
  return {
    url: running.url,
    smallDisk,
    kill,
    stop: () => running.stop(),
    start: async () => {
      running = await startPrivatePostgres({ dataDir, port })
    },
    beStandby: async () => {
      const signal = path.join(cluster, 'standby.signal')
      await writeFile(signal, '')
      await chown(signal, uid, gid)
    },
    close: async () => {
      process.off('exit', killAtExit)
      await running.stop()
      unmountSmallDisk(smallDisk)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
