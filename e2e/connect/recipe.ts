import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const DOCS = new URL('../../docs/connect/', import.meta.url)

export const pageOf = (name: string) => readFileSync(new URL(`${name}.md`, DOCS), 'utf8')

/** The first block of code in a language. @throws where the page has none */
export function codeOf(name: string, language: string): string {
  const code = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(pageOf(name))?.[1]
  if (code === undefined) throw new Error(`docs/connect/${name}.md has no code in ${language}`)
  return code
}

/** A recipe that runs, and what it has said. */
export class RunningRecipe {
  readonly #child: ChildProcess
  output = ''

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    const cwd = fileURLToPath(new URL('./', import.meta.url))
    const inherited = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
    this.#child = spawn(command, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
