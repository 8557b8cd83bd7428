/** Of a package.json, or of the entry of a workspace in the lock file, what is read and changed here. */
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

/** The workspaces that the image is made of, as the Dockerfile names them to `npm ci`; what else they need follows. */
export const OF_THE_IMAGE = [
  'services/trader',
  'services/risk-guardian',
  'services/persister',
  'infra/migrations',
  'scripts',
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
