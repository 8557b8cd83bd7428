import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import images from '@drawbridge/testing/images.json' with { type: 'json' }

/** The folder of the rules, their tests and the configuration of Prometheus. */
export const PROMETHEUS_FOLDER = fileURLToPath(new URL('../../infra/compose/prometheus', import.meta.url))

/** Runs promtool in the folder of our Prometheus, and returns its whole output. */
type Promtool = (...args: readonly string[]) => { readonly ok: boolean; readonly output: string }

/** The machine's promtool, or that of the Prometheus image; null: neither. */
export function findPromtool(): Promtool | null {
  if (runs('promtool', ['--version'])) return (...args) => answerOf('promtool', args)
  if (!runs('docker', ['image', 'inspect', images.prometheus]) && !runs('docker', ['pull', images.prometheus]))
    return null
  const mount = `${path.resolve(PROMETHEUS_FOLDER)}:/rules:ro`
  const container = ['run', '--rm', '-v', mount, '-w', '/rules', '--entrypoint', 'promtool', images.prometheus]
  return (...args) => answerOf('docker', [...container, ...args])
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function answerOf(command: string, args: readonly string[]): ReturnType<Promtool> {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: PROMETHEUS_FOLDER, encoding: 'utf8' })
  return { ok: status === 0, output: `${error?.message ?? ''}${stdout}${stderr}` }
}
