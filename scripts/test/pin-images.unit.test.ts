import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, type Finished, spawnProgram } from '@drawbridge/testing'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pinImages } from '../pin-images/pin-images.ts'

const SCRIPT = fileURLToPath(new URL('../pin-images.ts', import.meta.url))
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-pin-'))
  file = path.join(folder, '.env')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Stands for Docker, whose registry says this of each image. */
function docker(script: string): void {
  const program = path.join(folder, 'docker')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  callProgram((context) => runProgram(pinImages, args, context), { PATH: `${folder}:${process.env.PATH}`, ...env })

test('each image of others is told with the digest of its registry, as a line of .env', async () => {
  docker(`[ "$1 $2 $3" = "buildx imagetools inspect" ] && echo ${DIGEST}`)
  const { code, stdout } = await spawnProgram(SCRIPT, [], { PATH: `${folder}:${process.env.PATH}` })
  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    `NODE_IMAGE=${images.node}@${DIGEST}`,
    `NATS_IMAGE=${images.nats}@${DIGEST}`,
    `TIMESCALE_IMAGE=${images.timescale}@${DIGEST}`,
    `PROMETHEUS_IMAGE=${images.prometheus}@${DIGEST}`,
    `GRAFANA_IMAGE=${images.grafana}@${DIGEST}`,
    '',
  ])
})

test('they are written into .env in place of older ones, by the tag that stands there, and all else stays', async () => {
  docker(`echo ${DIGEST}`)
  const old = `sha256:${'f'.repeat(64)}`
  writeFileSync(file, `# ours\nDATA_DIR=/srv/data\nNATS_IMAGE=mirror.example/nats:2.14-alpine@${old}\nLOG_LEVEL=warn\n`)

  expect((await run(['--write', file], { NODE_IMAGE: 'mirror.example/node:24' })).code).toBe(0)

  const [comment, data, nats, level, ...added] = readFileSync(file, 'utf8').split('\n')
  expect([comment, data, level]).toEqual(['# ours', 'DATA_DIR=/srv/data', 'LOG_LEVEL=warn'])
  expect(nats).toBe(`NATS_IMAGE=mirror.example/nats:2.14-alpine@${DIGEST}`)
  expect(added[0]).toBe(`NODE_IMAGE=mirror.example/node:24@${DIGEST}`)
  expect(added).toHaveLength(5)
})

test('an .env that is not there yet is made', async () => {
  docker(`echo ${DIGEST}`)
  const { stdout } = await run(['--write', file])
  expect(readFileSync(file, 'utf8')).toBe(stdout)
})

test.each([
  ['a registry that refuses', 'echo "no such manifest" >&2; exit 1', 'no such manifest'],
  ['an answer that is no digest', 'echo latest', 'returned no digest'],
])('%s ends it, and nothing is written', async (_, script, words) => {
  docker(script)
  const { code, stdout, stderr } = await run(['--write', file])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain(words)
  expect(readdirSync(folder)).toEqual(['docker'])
})

test('an unknown option is refused', async () => {
  expect(await run(['--wirte', file])).toMatchObject({ code: 2, stdout: '' })
})
