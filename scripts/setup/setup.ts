import path from 'node:path'
import { parseTraderId } from '@drawbridge/contracts'
import { type Program, type ProgramContext, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import { seedIn } from '../nats-users/installation.ts'
import { ownersOf } from './owners.ts'
import { type SetUp, setUp } from './set-up.ts'
import { sharedIds } from './shared-ids.ts'

const HELP = `Creates the missing parts of an installation with Docker Compose: folders for data, users of NATS and the database, secrets.
Existing ones stay. It runs automatically before everything else; run it by hand to add bots.

  docker compose run --rm setup [options]

  --bot ID           a NATS user for the bot of this trader, which uses NATS directly; may be repeated
  --without-bot ID   removes the NATS user of this bot; may be repeated
  --show-seed USER   prints the seed of one NATS user, which is a secret, and nothing else
  --data F           the folder of the installation's data (default /data)
  --help             this text

After adding or removing bots: docker compose restart nats
Exit code 0: done, 1: failed, 2: bad usage.
`

export const setup: Program = { help: HELP, run }

function optionsOf(args: readonly string[]) {
  const { values } = readOptions(args, {
    data: { type: 'string', default: '/data' },
    bot: { type: 'string', multiple: true, default: [] },
    'without-bot': { type: 'string', multiple: true, default: [] },
    'show-seed': { type: 'string' },
  })
  for (const id of [...values.bot, ...values['without-bot']]) {
    const trader = parseTraderId(id)
    if (!trader.ok) throw new UsageError(trader.reason)
  }
  return values
}

async function run(args: readonly string[], { env, cwd, stdout }: ProgramContext): Promise<number> {
  const { bot, 'without-bot': withoutBots, 'show-seed': shown, ...options } = optionsOf(args)
  const data = pathFrom(cwd, options.data)
  const lines =
    shown === undefined
      ? install({ data, bots: bot, withoutBots, owners: ownersOf(env) })
      : [seedIn(path.join(data, 'secrets/nats-users'), shown)]
  for (const line of lines) printLine(stdout, line)
  return 0
}

function install(wanted: SetUp): readonly string[] {
  return [...setUp(wanted), ...sharedIds(wanted.owners)]
}
