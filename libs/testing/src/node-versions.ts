import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/drawbridge/', import.meta.url))
const INSTALLED_WITHIN_MS = 240_000

export type FoundNode =
  | { readonly kind: 'found'; readonly command: string; readonly version: string }
  | { readonly kind: 'missing'; readonly reason: string }

/** A Node of that major version: this one, one on PATH, or one of the npm registry, which is kept for the next time. */
export function nodeOf(major: number): FoundNode {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'))
  const folder = path.join(CACHE, `node-${major}`)
  const name = `node-${process.platform}-${process.arch}`
  const cached = path.join(folder, 'node_modules', name, 'bin/node')
  const here = [process.execPath, ...onPath, cached].flatMap((command) => known(command, major))[0]
  if (here !== undefined) return here
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--prefer-offline', `${name}@${major}`]
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', timeout: INSTALLED_WITHIN_MS })
  const installed = status === 0 ? known(cached, major)[0] : undefined
  if (installed !== undefined) return installed
  const why = (stderr ?? '').trim().split('\n')[0] ?? ''
  return { kind: 'missing', reason: `this machine has no Node ${major}, and npm gives none: ${why}` }
}

function known(command: string, major: number): readonly Extract<FoundNode, { readonly kind: 'found' }>[] {
  if (!existsSync(command)) return []
  const version = spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? ''
  return version.startsWith(`v${major}.`) ? [{ kind: 'found', command, version }] : []
}
