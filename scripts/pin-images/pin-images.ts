import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import { imageDigest } from './image-digest.ts'
import { IMAGES, valueIn, withoutDigest, withVariables } from './pinned-images.ts'

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

export const pinImages: Program = { help: HELP, run }

async function run(args: readonly string[], { env, cwd, stdout }: ProgramContext): Promise<number> {
  const { values } = readOptions(args, { write: { type: 'string' } })
  const file = values.write === undefined ? null : pathFrom(cwd, values.write)
  const before = file === null ? '' : textOf(file)
  const pinned: Record<string, string> = {}
  for (const [name, standard] of Object.entries(IMAGES)) {
    const image = withoutDigest(valueIn(before, name) ?? (env[name] || standard))
    pinned[name] = `${image}@${await imageDigest(image, env)}`
  }
  if (file !== null) replace(file, withVariables(before, pinned))
  for (const [name, image] of Object.entries(pinned)) printLine(stdout, `${name}=${image}`)
  return 0
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
