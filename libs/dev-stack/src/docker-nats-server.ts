import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, open } from 'node:fs/promises'
import path from 'node:path'
import { OLDEST_VERSION } from './nats-server-version.ts'

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
