import { type ListedCommand, UsageError } from './drawbridge/command.ts'
import { COMMANDS } from './drawbridge/commands.ts'

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length))
const HELP = `What an operator does by hand.

  npm run drawbridge -- <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join('\n')}

  npm run drawbridge -- <command> --help   tells the rest

NATS and the database are found as the services find them (docs/configuration.md). Results are on standard output, progress
and complaints on standard error. Exit codes: 0 done; 1 failed, or there are differences; 2 the command line or the
settings are not valid.
`

process.exitCode = await main(process.argv.slice(2))

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(HELP)
    return name === undefined ? 2 : 0
  }
  const listed = COMMANDS.find((command) => command.name === name)
  if (listed !== undefined) return runCommand(listed, args)
  console.error(`there is no command "${name}"\n\n${HELP}`)
  return 2
}

async function runCommand({ name, load }: ListedCommand, args: readonly string[]): Promise<number> {
  const { help, run } = await load()
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return 0
  }
  try {
    return await run(args)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!(error instanceof UsageError)) {
      console.error(reason)
      return 1
    }
    console.error(`${reason}\n\n  npm run drawbridge -- ${name} --help   tells what is possible`)
    return 2
  }
}
