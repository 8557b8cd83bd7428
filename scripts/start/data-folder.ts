import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DataInUse, stopLeftovers } from '@drawbridge/dev-stack'
import { DATA_FOLDERS } from '@drawbridge/settings/running-system'
import type { GivenServers } from './given-servers.ts'

/** What runs, and where its data is. */
export interface DataFolder {
  readonly isDemo: boolean
  readonly path: string
  /** For people. */
  readonly name: string
  /** What to know about data of earlier versions; null: there are none. */
  readonly notice: string | null
}

/** Where earlier versions kept the data of the demo and of everything else. */
const EARLIER = ['nats', 'postgres'].map((name) => join(DATA_FOLDERS.earlier, name))

/** @param isDemo without settings of the user's own */
export function dataFolder(isDemo: boolean, cwd = '.'): DataFolder {
  const at = (folder: string) => ({ path: resolve(cwd, folder), name: `./${folder}` })
  const isEarlier = EARLIER.some((folder) => existsSync(join(cwd, folder)))
  if (isDemo) {
    const notice = isEarlier
      ? 'The data of an earlier version in ./data stays as it is: with a config.json, npm start goes on with it.'
      : null
    return { isDemo, ...at(DATA_FOLDERS.demo), notice }
  }
  if (!isEarlier || existsSync(join(cwd, DATA_FOLDERS.own))) return { isDemo, ...at(DATA_FOLDERS.own), notice: null }
  return { isDemo, ...at(DATA_FOLDERS.earlier), notice: 'It was begun there by an earlier version, and goes on.' }
}

/** The first line: what runs, and where its data is. */
export function beginning(data: DataFolder, { nats, database }: GivenServers): string {
  const what = data.isDemo ? 'The demo; a config.json makes it your own system.' : 'Your own system.'
  const isElsewhere = nats !== null && database !== null
  const where = isElsewhere ? `Data on your servers (${nats}, ${database}),` : `Data in ${data.name},`
  const notice = data.notice === null || isElsewhere ? '' : ` ${data.notice}`
  return `${what} ${where} logs in ${data.name}/logs.${notice}`
}

/** What is ours in a folder that others use, too. */
const OURS = [
  'nats',
  'postgres',
  'postgres.new',
  'postgres-password',
  'nats-server.conf',
  'session-key',
  'link-key',
  'logs',
  'running.json',
]

/** While this folder exists, what is ours is deleted: half of it would be no data. */
const REMOVING = 'removing'

/** Makes the folder, without leftovers of a killed run; emptied if requested. @throws while another run uses it */
export async function prepareData({ path, name }: DataFolder, fresh: boolean): Promise<void> {
  try {
    await stopLeftovers(path)
  } catch (error) {
    if (!(error instanceof DataInUse)) throw error
    const { pid } = error
    const mend = 'stop it there with Ctrl-C, or use it: npm run drawbridge -- status'
    throw new Error(`npm start runs already: ${name} is in use by process ${pid}; ${mend}`, { cause: error })
  }
  if (fresh) await mkdir(join(path, REMOVING), { recursive: true })
  if (existsSync(join(path, REMOVING))) await remove(path)
  await mkdir(join(path, 'logs'), { recursive: true })
}

/** A start that is killed in the middle of it leaves the rest to the next one. */
async function remove(path: string): Promise<void> {
  const removing = join(path, REMOVING)
  for (const name of OURS) {
    if (!existsSync(join(path, name))) continue
    await rm(join(removing, name), { recursive: true, force: true })
    await rename(join(path, name), join(removing, name))
  }
  await rm(removing, { recursive: true, force: true })
}
