import { readFileSync } from 'node:fs'
import { ROOT } from './docker.ts'

/** The commands of the README's section on Docker, in their order: the ones that start it, and the ones with a token. */
export function dockerCommands(): { readonly start: readonly string[]; readonly curls: readonly string[] } {
  const readme = readFileSync(`${ROOT}/README.md`, 'utf8')
  const [, section = ''] = /^## Run it with Docker$([\s\S]*?)^## /m.exec(readme) ?? []
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((block) => block[1] ?? '')
  const commands = blocks.flatMap((block) => block.trim().split('\n')).map((line) => line.replace(/ +#.*$/, ''))
  return {
    start: commands.filter((command) => !command.startsWith('curl ')),
    curls: commands.filter((command) => command.startsWith('curl ')),
  }
}
