import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { settingTables } from './configuration-docs/tables.ts'

const FILE = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))
const MARKS = /(<!-- settings -->\n)[\s\S]*(\n<!-- end of settings -->)/

// Run it when a setting is new or has changed; a test of docs/ fails until then.
writeFileSync(
  FILE,
  readFileSync(FILE, 'utf8').replace(MARKS, (_, before, after) => `${before}\n${settingTables()}\n${after}`),
)
