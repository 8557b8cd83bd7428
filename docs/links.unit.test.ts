import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  'examples/README.md',
  'libs/client/README.md',
  'clients/python/README.md',
  'presets/README.md',
  'services/trader/data/README.md',
]

test.each(pages)('every link in %s leads somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((link) => link[1] ?? '')
  const local = links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.replace(/#.*$/, ''))
  expect(local.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([])
})

test.each(pages)('%s has no leftover of a merge', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  expect(text.match(/^(<{7}|={7}|>{7}|(> ){7})( .*)?$/gm) ?? []).toEqual([])
})
