import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileClient } from './build-client/compile.ts'
import { packedManifest } from './build-client/manifest.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [given] = process.argv.slice(2)
const OUT = given === undefined ? path.join(ROOT, 'libs/client/dist') : path.resolve(given)

// The folder is a package of its own: `npm pack` in it makes the file that a bot's project installs.
rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
try {
  compileClient(ROOT, OUT)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
const manifestOf = (part: string) => JSON.parse(readFileSync(path.join(ROOT, 'libs', part, 'package.json'), 'utf8'))
const manifest = packedManifest(['client', 'contracts', 'nats'].map(manifestOf))
writeFileSync(path.join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
copyFileSync(path.join(ROOT, 'LICENSE'), path.join(OUT, 'LICENSE'))
copyFileSync(path.join(ROOT, 'libs/client/README.md'), path.join(OUT, 'README.md'))
console.log(`built ${path.relative(process.cwd(), OUT)}; pack it with: npm pack ./${path.relative(process.cwd(), OUT)}`)
