import { spawnSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PrivateServer, startPrivatePostgres } from '@drawbridge/dev-stack'
import { type DatabaseServer, SMALL_DISK_MIB } from './database-server.ts'

/** PostgreSQL as npm brings it, in a temporary folder. */
export async function startEmbeddedDatabaseServer(): Promise<DatabaseServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-database-'))
  const cluster = path.join(dataDir, 'postgres')
  const port = await freePort()
  let running: PrivateServer = await startPrivatePostgres({ dataDir, port })
  const { uid, gid } = await stat(cluster)
  const smallDisk = await mountSmallDisk(path.join(dataDir, 'small'), uid, gid)
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
      if ('path' in smallDisk) spawnSync('umount', [smallDisk.path])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function mountSmallDisk(folder: string, uid: number, gid: number): Promise<DatabaseServer['smallDisk']> {
  await mkdir(folder)
  const options = `size=${SMALL_DISK_MIB}m,mode=0700,uid=${uid},gid=${gid}`
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  if (status === 0) return { path: folder }
  return { missing: `a small disk cannot be mounted here: ${(error?.message ?? String(stderr)).trim()}` }
}
