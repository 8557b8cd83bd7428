import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface DockerOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs?: number
}

/**
 * Runs a command of docker in the repository's root.
 * @returns its standard output
 * @throws with its output, if it fails or does not end within `timeoutMs` (2 minutes if not given)
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  return command('docker', args, options)
}

/** As {@link docker}, but runs a line in a shell, as a user types it. */
export async function shell(line: string, options: DockerOptions = {}): Promise<string> {
  return command('sh', ['-ec', line], options)
}

async function command(program: string, args: readonly string[], options: DockerOptions): Promise<string> {
  const { env = process.env, timeoutMs = 120_000 } = options
  try {
    const { stdout } = await run(program, args, { cwd: ROOT, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 })
    return stdout.trimEnd()
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n')
    throw new Error(`${program} ${args.join(' ')} failed:\n${said}`, { cause: error })
  }
}

/** The lines of an output, without empty ones. */
export function lines(output: string): string[] {
  return output.split('\n').filter((line) => line !== '')
}

/** Whether the engine has an image, or can get it. */
export async function hasImage(image: string): Promise<boolean> {
  const has = (args: readonly string[], timeoutMs?: number) =>
    docker(args, timeoutMs === undefined ? {} : { timeoutMs }).then(
      () => true,
      () => false,
    )
  return (await has(['image', 'inspect', image])) || (await has(['pull', '--quiet', image], 300_000))
}
