import { execFile } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { type Program, printLine, readOptions } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import images from '@drawbridge/testing/images.json' with { type: 'json' }

const ANSWERS_WITHIN_MS = 60_000
const DIGEST = /^sha256:[0-9a-f]{64}$/

const HELP = `Prints the third-party images of an installation with Docker Compose, each with the current digest of its tag. A tag can be
moved to another image, a digest cannot. It queries registries with Docker (docker buildx imagetools inspect), and pulls
nothing.

  npm run pin-images [-- --write .env]

  --write F   writes the lines into this file, replacing those that set the same variables; all others stay
  --help      this text

An image set in the file F, or in the environment, takes precedence over that of compose.yaml.
Afterwards: docker compose build --pull && docker compose up --detach --wait
Exit codes: 0 done; 1 Docker or a registry returned no digest, nothing is written; 2 the command line is not valid.
`

export const pinImages: Program = {
  help: HELP,
  async run(args, { env, cwd, stdout }) {
    const { values } = readOptions(args, { write: { type: 'string' } })
    const file = values.write === undefined ? null : pathFrom(cwd, values.write)
    const before = file === null ? '' : textOf(file)
    const pinned: Record<string, string> = {}
    for (const [name, standard] of Object.entries(IMAGES)) {
      // Without a previously pinned digest.
      const image = (valueIn(before, name) ?? (env[name] || standard)).replace(/@.*$/, '')
      pinned[name] = `${image}@${await imageDigest(image, env)}`
    }
    if (file !== null) replace(file, withVariables(before, pinned))
    for (const [name, image] of Object.entries(pinned)) printLine(stdout, `${name}=${image}`)
    return 0
  },
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** A concurrent reader sees the old file or the new one. It may hold passwords. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Third-party images, by their variables in compose.yaml. */
export const IMAGES: Readonly<Record<string, string>> = {
  NODE_IMAGE: images.node,
  NATS_IMAGE: images.nats,
  TIMESCALE_IMAGE: images.timescale,
  PROMETHEUS_IMAGE: images.prometheus,
  GRAFANA_IMAGE: images.grafana,
}

/**
 * The text of an .env with these variables: lines that set one are replaced, missing ones are appended, and all others
 * stay.
 */
function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [name, value] of Object.entries(variables)) {
    const line = `${name}=${value}`
    const index = lines.findLastIndex((set) => set.startsWith(`${name}=`))
    if (index === -1) lines.push(line)
    else lines[index] = line
  }
  return `${lines.join('\n')}\n`
}

/** What an .env sets a variable to; null: nothing. */
function valueIn(text: string, name: string): string | null {
  const line = text.split('\n').findLast((set) => set.startsWith(`${name}=`))
  return line === undefined ? null : line.slice(name.length + 1).trim() || null
}

/**
 * The digest that a registry has for an image now: that of its multi-platform index, so that it works on each platform.
 * @param image with a tag and without a digest
 * @throws if Docker or the registry does not return one
 */
async function imageDigest(image: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}']
  const command = `docker ${args.join(' ')}`
  const { stdout } = await promisify(execFile)('docker', args, { env, timeout: ANSWERS_WITHIN_MS }).catch((error) => {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new Error(`${command}: ${stderr.trim() || message}`, { cause: error })
  })
  const digest = stdout.trim()
  if (DIGEST.test(digest)) return digest
  throw new Error(`${image}: ${command} returned no digest, but ${JSON.stringify(digest)}`)
}
