import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileOf, PICTURES, PICTURES_FOLDER, THEMES } from './pictures.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const BYTES_MAX = 150_000

test.each(PICTURES)('the README shows the picture $name, light and dark, and says what it is', (picture) => {
  const [light, dark] = THEMES.map((theme) => `docs/pictures/${fileOf(picture, theme)}`)
  expect(README).toContain(`<source media="(prefers-color-scheme: dark)" srcset="${dark}">`)
  expect(README).toMatch(new RegExp(`<img src="${light}" alt="[^"]{40,}"`))
})

test.each(PICTURES.flatMap((picture) => THEMES.map((theme) => fileOf(picture, theme))))(
  'the picture %s is there, and small',
  (file) => {
    const path = join(PICTURES_FOLDER, file)
    expect(existsSync(path), 'npm run screenshots makes it').toBe(true)
    expect(statSync(path).size).toBeLessThan(BYTES_MAX)
  },
)
