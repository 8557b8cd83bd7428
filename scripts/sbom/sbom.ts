import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import { type Bom, namedAsPackages } from './bom.ts'
import { type LockFile, lockWithoutTests, OF_THE_IMAGE, withoutTests, workspacesOf } from './installed.ts'

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

export const sbom: Program = { help: HELP, run }

async function run(args: readonly string[], { env, cwd, stdout }: ProgramContext): Promise<number> {
  const { values } = readOptions(args, { output: { type: 'string' } })
  const text = JSON.stringify(await make(env), null, 2)
  if (values.output === undefined) printLine(stdout, text)
  else await writeFile(pathFrom(cwd, values.output), `${text}\n`)
  return 0
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
    return namedAsPackages(JSON.parse(await npmSbom(folder, env)))
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
