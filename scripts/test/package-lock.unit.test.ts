import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Entry {
  readonly version?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly resolved?: string
}
const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
)
const entries = Object.entries(lock.packages)
/** The project itself, its workspaces, and their links below node_modules: folders of this repository. */
const isOurs = ([path, { link }]: readonly [string, Entry]) => !path.includes('node_modules/') || link === true

test('each package of a registry has a checksum, also where it is for another platform than this one', () => {
  const unchecked = entries.filter((entry) => !isOurs(entry) && entry[1].integrity === undefined)
  expect(unchecked.map(([path]) => path)).toEqual([])
  expect(entries.filter((entry) => !isOurs(entry)).length).toBeGreaterThan(500)
})

test('checksums are of a kind that nobody can forge', () => {
  for (const [path, { integrity }] of entries) if (integrity !== undefined) expect(integrity, path).toMatch(/^sha512-/)
})

test('what has no checksum is a workspace, whose folder is in this repository', () => {
  const links = entries.filter(([, { link }]) => link === true).map(([, { resolved }]) => resolved)
  const folders = entries.filter(([path]) => path !== '' && !path.includes('node_modules/')).map(([path]) => path)
  expect(links.sort()).toEqual(folders.sort())
})

test('nothing is fetched from an address that the lock file names: the registry is that of the settings', () => {
  const fetched = entries.filter(([, { link, resolved }]) => link !== true && resolved !== undefined)
  expect(fetched.map(([path]) => path)).toEqual([])
})
