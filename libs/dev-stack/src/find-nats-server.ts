import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { unpackDebianNatsServer } from './debian-nats-server.ts'
import {
  copyDockerNatsServer,
  downloadNatsRelease,
  OLDEST_VERSION,
  PINNED_VERSION,
  usableVersion,
} from './nats-release.ts'

export interface NatsServerProgram {
  readonly command: string
  readonly version: string
  /** Where it was found, for people to read. */
  readonly source: string
}

type Environment = Readonly<Record<string, string | undefined>>
type Log = (message: string) => void

/**
 * Finds a nats-server of 2.12 or newer: the one `NATS_SERVER_BIN` names, one on PATH, a download in the cache, the
 * official release (downloaded), Debian's package (unpacked into the cache), the official Docker image (copied out).
 * @throws when `NATS_SERVER_BIN` is set and cannot be used, or when none is found; the message says what was tried and
 * what to do.
 */
export async function findNatsServer(env: Environment = process.env, log: Log = () => {}): Promise<NatsServerProgram> {
  const given = env.NATS_SERVER_BIN
  if (given !== undefined && given !== '') return programGiven(given)

  const folder = cacheFolder(env)
  const cached = (name: string) => path.join(folder, `nats-server-${name}`)
  const made = async (target: string, step: string, make: (folder: string) => Promise<string>) => {
    log(step)
    await makeCached(target, make)
    return target
  }
  const [release, debian, docker] = [cached(PINNED_VERSION), cached('debian'), cached('docker')]
  const attempts: readonly { readonly source: string; readonly command: () => string | Promise<string> }[] = [
    { source: 'PATH', command: () => onPath(env.PATH ?? '') },
    { source: 'the cached release', command: () => existing(release) },
    { source: "Debian's cached package", command: () => existing(debian) },
    { source: 'the cached copy of the Docker image', command: () => existing(docker) },
    {
      source: `the official release ${PINNED_VERSION}`,
      command: () => made(release, `downloading nats-server ${PINNED_VERSION}`, downloadNatsRelease),
    },
    {
      source: "Debian's package",
      command: () => made(debian, "downloading Debian's nats-server", unpackDebianNatsServer),
    },
    {
      source: 'the Docker image',
      command: () => made(docker, 'copying nats-server out of its Docker image', copyDockerNatsServer),
    },
  ]
  const tried: string[] = []
  for (const { source, command } of attempts) {
    try {
      const found = await command()
      return { command: found, version: await usableVersion(found), source }
    } catch (error) {
      tried.push(`${source}: ${messageOf(error)}`)
    }
  }
  throw new Error(noServerMessage(tried))
}

async function programGiven(command: string): Promise<NatsServerProgram> {
  try {
    return { command, version: await usableVersion(command), source: 'NATS_SERVER_BIN' }
  } catch (error) {
    throw new Error(`NATS_SERVER_BIN cannot be used: ${messageOf(error)}`, { cause: error })
  }
}

function onPath(searchPath: string): string {
  for (const folder of searchPath.split(path.delimiter)) {
    const command = path.join(folder, 'nats-server')
    if (path.isAbsolute(folder) && existsSync(command)) return command
  }
  throw new Error('nats-server not found')
}

function existing(file: string): string {
  if (existsSync(file)) return file
  throw new Error(`no ${file}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function noServerMessage(tried: readonly string[]): string {
  return [
    `no nats-server of version ${OLDEST_VERSION} or newer was found. Tried:`,
    ...tried.map((attempt) => `  - ${attempt}`),
    'Do one of these:',
    '  - set NATS_URL to the address of a NATS server with JetStream that is already running',
    '  - set NATS_SERVER_BIN to the path of a nats-server program',
    '  - put nats-server on PATH (https://github.com/nats-io/nats-server/releases)',
    '  - with Docker: docker run -p 4222:4222 nats:2.12-alpine -js, and NATS_URL=nats://127.0.0.1:4222',
  ].join('\n')
}

/** Where downloads are kept: `$XDG_CACHE_HOME/drawbridge`, or `~/.cache/drawbridge`. */
function cacheFolder(env: Environment): string {
  const base = env.XDG_CACHE_HOME
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'drawbridge')
}

/**
 * Makes one file of the cache: `make` works in its own folder and returns the path of its result, which is moved to
 * `target` only when complete. Two processes may do so at the same time; the later one replaces the same content.
 */
export async function makeCached(target: string, make: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true })
  const folder = await mkdtemp(`${target}.part-`)
  try {
    await rename(await make(folder), target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
