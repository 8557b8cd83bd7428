/** Writes docs/asyncapi.json and docs/schemas from the schemas of libs/contracts; a test sees to it that they are up to date. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { contractDocuments, SCHEMAS_FOLDER } from './docs-contracts/documents.ts'

const docs = new URL('../docs/', import.meta.url)
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

await rm(new URL(SCHEMAS_FOLDER, docs), { recursive: true, force: true })
await mkdir(new URL(SCHEMAS_FOLDER, docs))
const documents = contractDocuments(version)
for (const [path, text] of documents) await writeFile(new URL(path, docs), text)
console.log(`wrote ${documents.size} files in docs`)
