import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BUILD = fileURLToPath(new URL('../../services/console/page/build.ts', import.meta.url))

/**
 * Builds the page of the console, in a second or two, unless it is there and made from the sources of this folder.
 * @returns why it could not be built; null: it is there
 */
export async function buildPage(stopping: AbortSignal): Promise<string | null> {
  const child = spawn(process.execPath, [BUILD, '--if-needed'], { stdio: ['ignore', 'pipe', 'pipe'], signal: stopping })
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000)
    })
  }
  const { promise, resolve } = Promise.withResolvers<string | null>()
  child.once('error', (error) => resolve(error.message))
  child.once('close', (code) => resolve(code === 0 ? null : said.trim() || `exit code ${code}`))
  const fault = await promise
  if (fault === null || stopping.aborted) return null
  return `The page of the console could not be built, so the console serves its API alone:\n${fault}\nnpm ci installs what is missing; npm run build:page builds it.`
}
