/** The parts of a package.json, or of a workspace's entry in the lock file, that are read and changed here. */
export interface Manifest {
  readonly name?: string
  readonly workspaces?: readonly string[]
  readonly devDependencies?: object
  readonly [field: string]: unknown
}

export interface LockFile {
  readonly packages: Readonly<Record<string, Manifest>>
  readonly [field: string]: unknown
}

/** The workspaces in the image, as in the `npm ci` of the Dockerfile; their dependencies follow. */
export const OF_THE_IMAGE = [
  'services/console',
  'services/trader',
  'services/risk-guardian',
  'services/persister',
  'infra/migrations',
  'scripts',
  'scripts/cli',
] as const

/** The folders of the workspaces. */
export function workspacesOf({ packages }: LockFile): readonly string[] {
  return Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules/'))
}

/** npm follows what tests a workspace, even with `--omit=dev`; the Dockerfile takes it away in the same way. */
export function withoutTests({ devDependencies: _, ...rest }: Manifest): Manifest {
  return rest
}

/** The lock file of the same packages, by which no workspace and not the root depends on what tests it. */
export function lockWithoutTests(lock: LockFile): LockFile {
  const own = new Set(['', ...workspacesOf(lock)])
  const packages = Object.entries(lock.packages).map(([path, entry]) => [
    path,
    own.has(path) ? withoutTests(entry) : entry,
  ])
  return { ...lock, packages: Object.fromEntries(packages) }
}
