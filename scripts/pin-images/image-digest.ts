import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const ANSWERS_WITHIN_MS = 60_000
const DIGEST = /^sha256:[0-9a-f]{64}$/

/**
 * The digest that a registry has for an image now: that of its multi-platform index, so that it works on each platform.
 * @param image with a tag and without a digest
 * @throws if Docker or the registry does not return one
 */
export async function imageDigest(image: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}']
  const digest = await said('docker', args, env)
  if (!DIGEST.test(digest))
    throw new Error(`${image}: docker ${args.join(' ')} returned no digest, but ${JSON.stringify(digest)}`)
  return digest
}

async function said(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { env, timeout: ANSWERS_WITHIN_MS })
    return stdout.trim()
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new Error(`${command} ${args.join(' ')}: ${stderr.trim() || message}`, { cause: error })
  }
}
