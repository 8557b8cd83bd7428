import { readdirSync } from 'node:fs'

/** `npm run bench -- <name> [--json]` runs one bench; without a name it lists them. */
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
const wanted = process.argv[2]
if (wanted === undefined || wanted === '--help') {
  console.log(`npm run bench -- <name> [--json]\n\nNames: ${names.join(', ')}`)
} else if (names.includes(wanted)) {
  try {
    await import(`./${wanted}.bench.ts`)
  } catch (error) {
    // If it were thrown, the process would end before everything is released.
    const { isInterrupted } = await import('./released.ts')
    if (!isInterrupted()) throw error
  }
} else {
  console.error(`unknown bench "${wanted}"; names: ${names.join(', ')}`)
  process.exitCode = 2
}
