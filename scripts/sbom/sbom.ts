import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Program, printLine, readOptions } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'

const HELP = `Prints the production dependencies: a bill of materials (SBOM) in CycloneDX's JSON, with every package of the image, its
version, license and checksum. npm makes it from package-lock.json; it is the same on each machine.

  npm run --silent sbom [-- --output sbom.json]

  --output F   writes it into this file instead
  --help       this text

Exit codes: 0 done; 1 npm failed, with its message; 2 the command line is not valid.
`

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MADE_WITHIN_MS = 120_000
const BYTES_MAX = 64 * 1024 ** 2

export const sbom: Program = {
  help: HELP,
  async run(args, { env, cwd, stdout }) {
    const { values } = readOptions(args, { output: { type: 'string' } })
    const text = JSON.stringify(await make(env), null, 2)
    if (values.output === undefined) printLine(stdout, text)
    else await writeFile(pathFrom(cwd, values.output), `${text}\n`)
    return 0
  },
}

/** npm goes by the manifests that it finds, so it is given some that name no tests. */
async function make(env: NodeJS.ProcessEnv): Promise<Bom> {
  const parent = await mkdtemp(path.join(tmpdir(), 'drawbridge-sbom-'))
  try {
    // npm calls the whole by the name of its folder.
    const folder = path.join(parent, 'drawbridge')
    const lock = await readJson<LockFile>('package-lock.json')
    await writeJson(path.join(folder, 'package-lock.json'), lockWithoutTests(lock))
    for (const workspace of ['', ...workspacesOf(lock)]) {
      const file = path.join(workspace, 'package.json')
      await writeJson(path.join(folder, file), withoutTests(await readJson(file)))
    }
    const bom: Bom = JSON.parse(await npmSbom(folder, env))
    // npm names a workspace by its folder. Here each component has the name of its package.
    return { ...bom, components: bom.components.map((component) => ({ ...component, name: nameOf(component) })) }
  } finally {
    await rm(parent, { recursive: true })
  }
}

async function npmSbom(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const workspaces = OF_THE_IMAGE.flatMap((workspace) => ['-w', workspace])
  // Without "--omit dev", by which npm 11 leaves out @opentelemetry/api, too. Nobody depends on what tests here.
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', ...workspaces]
  try {
    const options = { cwd: folder, env, timeout: MADE_WITHIN_MS, maxBuffer: BYTES_MAX }
    return (await promisify(execFile)('npm', args, options)).stdout
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new Error(`npm ${args.join(' ')}: ${stderr.trim() || message}`, { cause: error })
  }
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(ROOT, file), 'utf8'))
}

async function writeJson(file: string, value: object): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(value))
}

/** The parts of a CycloneDX document that are read and changed here. */
export interface Bom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly object[]
}

/** Without the version; the name of a package may begin with an "@". */
export function nameOf({ 'bom-ref': ref }: Component): string {
  return ref.slice(0, ref.lastIndexOf('@'))
}

/** The parts of a package.json, or of a workspace's entry in the lock file, that are read and changed here. */
interface Manifest {
  readonly name?: string
  readonly workspaces?: readonly string[]
  readonly devDependencies?: object
  readonly [field: string]: unknown
}

interface LockFile {
  readonly packages: Readonly<Record<string, Manifest>>
  readonly [field: string]: unknown
}

/** The workspaces in the image, as in the `npm ci` of the Dockerfile; their dependencies follow. */
export const OF_THE_IMAGE = [
  'services/console',
  'services/trader',
  'services/risk-guardian',
  'services/persister',
  'services/notifier',
  'infra/migrations',
  'scripts',
  'scripts/cli',
] as const

/** The folders of the workspaces. */
function workspacesOf({ packages }: LockFile): readonly string[] {
  return Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules/'))
}

/** npm follows what tests a workspace, even with `--omit=dev`; the Dockerfile takes it away in the same way. */
function withoutTests({ devDependencies: _, ...rest }: Manifest): Manifest {
  return rest
}

/** The lock file of the same packages, by which no workspace and not the root depends on what tests it. */
function lockWithoutTests(lock: LockFile): LockFile {
  const own = new Set(['', ...workspacesOf(lock)])
  const packages = Object.entries(lock.packages).map(([path, entry]) => [
    path,
    own.has(path) ? withoutTests(entry) : entry,
  ])
  return { ...lock, packages: Object.fromEntries(packages) }
}
