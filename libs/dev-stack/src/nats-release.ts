import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from './run-command.ts'

/** The oldest server that has what Drawbridge needs, and the release that is downloaded if none is found. */
export const OLDEST_VERSION = '2.12'
export const PINNED_VERSION = '2.14.5'

const RELEASES = 'https://github.com/nats-io/nats-server/releases/download'
const ANSWER_WITHIN_MS = 5_000
const DOWNLOAD_WITHIN_MS = 120_000

/**
 * SHA-256 of the archives, as the official container image of this version pins them. An archive that is not listed is
 * checked against the release's own SHA256SUMS, which guards against a broken download only.
 */
const CHECKSUMS: Readonly<Record<string, string>> = {
  'nats-server-v2.14.5-linux-amd64.tar.gz': '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355',
  'nats-server-v2.14.5-linux-arm64.tar.gz': '673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c',
}

/**
 * Downloads the official release into `folder`, verifies it, and returns the path of the program.
 * @throws when no release exists for this machine, the download fails, or its checksum is wrong.
 */
export async function downloadNatsRelease(folder: string, releases = RELEASES): Promise<string> {
  const name = `nats-server-v${PINNED_VERSION}-${releasePlatform()}`
  const archive = `${name}.tar.gz`
  const release = `${releases}/v${PINNED_VERSION}`
  const bytes = await download(`${release}/${archive}`)
  const expected = CHECKSUMS[archive] ?? checksumIn(await download(`${release}/SHA256SUMS`), archive)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== expected) throw new Error(`${archive} has the SHA-256 ${found}, expected ${expected}`)
  await writeFile(path.join(folder, archive), bytes)
  await runCommand('tar', ['-xzf', path.join(folder, archive), '-C', folder], 60_000)
  return path.join(folder, name, 'nats-server')
}

function releasePlatform(): string {
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
  if (machine === undefined || (process.platform !== 'linux' && process.platform !== 'darwin')) {
    throw new Error(`no release is known for ${process.platform} on ${process.arch}`)
  }
  return `${process.platform}-${machine}`
}

function checksumIn(sums: Uint8Array, archive: string): string {
  const line = new TextDecoder()
    .decode(sums)
    .split('\n')
    .find((line) => line.endsWith(` ${archive}`))
  if (line === undefined) throw new Error(`SHA256SUMS of the release does not list ${archive}`)
  return line.slice(0, 64)
}

/** The whole download has two minutes, but a host must begin to answer within five seconds. */
async function download(url: string): Promise<Uint8Array> {
  const noAnswer = new AbortController()
  const timer = setTimeout(() => noAnswer.abort(), ANSWER_WITHIN_MS)
  const signal = AbortSignal.any([noAnswer.signal, AbortSignal.timeout(DOWNLOAD_WITHIN_MS)])
  try {
    const response = await fetch(url, { signal })
    clearTimeout(timer)
    if (!response.ok) throw new Error(`status ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    throw new Error(`could not download ${url}: ${reasonOf(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** The official image; its program is linked statically and also runs outside of it. */
const IMAGE = `nats:${OLDEST_VERSION}-alpine`
const WITHIN_MS = 180_000

/**
 * Copies the nats-server of the official image into `folder` and returns its path. Docker pulls the image if it is
 * missing.
 * @throws without Docker, or if it cannot get the image
 */
export async function copyDockerNatsServer(folder: string): Promise<string> {
  const file = path.join(folder, 'nats-server')
  const target = await open(file, 'w')
  try {
    await copyInto(target.fd)
  } finally {
    await target.close()
  }
  await chmod(file, 0o755)
  return file
}

async function copyInto(fd: number): Promise<void> {
  const args = ['run', '--rm', '--entrypoint', 'sh', IMAGE, '-c', 'cat "$(command -v nats-server)"']
  const docker = spawn('docker', args, { stdio: ['ignore', fd, 'pipe'], timeout: WITHIN_MS })
  let said = ''
  docker.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-500)
  })
  const [code] = await once(docker, 'close')
  if (code !== 0) throw new Error(`docker run ${IMAGE}: ${said.trim() || `ended with ${code}`}`)
}

/**
 * The version that a nats-server program prints, like `2.14.5`.
 * @throws when it cannot be run, is not a nats-server, or is older than {@link OLDEST_VERSION}.
 */
export async function usableVersion(command: string): Promise<string> {
  const said = await runCommand(command, ['-v'], 10_000)
  const version = /nats-server: v(\d+\.\d+\.\d+\S*)/.exec(said)?.[1]
  if (version === undefined)
    throw new Error(`${command} is not a nats-server: it prints ${JSON.stringify(said.slice(0, 80))}`)
  if (!isRecentEnough(version)) throw new Error(`${command} is version ${version}, older than ${OLDEST_VERSION}`)
  return version
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_VERSION.split('.').map(Number)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
