import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { pathFrom } from '@drawbridge/settings/place'
import { checkTraderIds, install, seedIn } from './installation.ts'
import { serverConfig, type TlsFiles } from './server-config.ts'

const COMPOSE = fileURLToPath(new URL('../../infra/compose', import.meta.url))
const HELP = `Makes the NATS users of an installation: a seed for each in a file that only its owner can read, and the files with
their public keys that infra/compose/nats.conf includes. Existing seeds stay. Restart the server afterwards; after a reload
a new bot can connect, but not use the streams.

  npm run nats-users -- [options]

  --folder F         the folder to write to (default infra/compose/nats)
  --bot ID           also a user for the bot of this trader, which uses NATS directly; may be repeated
  --without-bot ID   removes the user of this bot; may be repeated
  --operator NAME    also a user operator-NAME, whose commands the events name as its own; may be repeated
  --without-operator NAME   removes the user of this operator; may be repeated
  --telegram         also a user by which the notifier resumes for people in Telegram; its one command is that
  --without-telegram removes it
  --tls-cert F --tls-key F   the server's certificate and key, as paths that the server sees: plain text is then refused
  --tls-client-ca F  with them: clients must show a certificate of this authority
  --show-seed USER   prints the seed of one user, which is a secret, and nothing else
  --write-config     only writes infra/compose/nats.conf from libs/contracts
  --json             prints the users as JSON
  --help             this text

A service reads its seed from NATS_NKEY_SEED_FILE. Only --show-seed prints a seed. Exit code 0: done, 1: failed,
2: bad usage.
`

/** A token of a subject, after `operator-`. */
const OPERATOR_NAME = /^[A-Za-z0-9_-]{1,50}$/

export const natsUsers: Program = {
  help: HELP,
  hint: '  npm run nats-users -- --help   lists the options',
  async run(args, { cwd, stdout }) {
    const { values } = readOptions(args, {
      folder: { type: 'string', default: path.join(COMPOSE, 'nats') },
      bot: { type: 'string', multiple: true, default: [] },
      'without-bot': { type: 'string', multiple: true, default: [] },
      operator: { type: 'string', multiple: true, default: [] },
      'without-operator': { type: 'string', multiple: true, default: [] },
      telegram: { type: 'boolean', default: false },
      'without-telegram': { type: 'boolean', default: false },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'tls-client-ca': { type: 'string' },
      'show-seed': { type: 'string' },
      'write-config': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    })
    checkTraderIds([...values.bot, ...values['without-bot']])
    for (const name of [...values.operator, ...values['without-operator']]) {
      if (!OPERATOR_NAME.test(name))
        throw new UsageError(`operator "${name}" must be 1 to 50 letters, digits, "_" or "-"`)
    }
    const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = values
    if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert and --tls-key go together')
    if (clientCa !== undefined && cert === undefined)
      throw new UsageError('--tls-client-ca needs --tls-cert and --tls-key')
    const tls: TlsFiles | null =
      cert === undefined || key === undefined ? null : { cert, key, clientCa: clientCa ?? null }
    const { json, ...options } = values
    const folder = pathFrom(cwd, options.folder)
    if (options['write-config']) {
      writeFileSync(path.join(COMPOSE, 'nats.conf'), serverConfig())
      return 0
    }
    const shown = options['show-seed']
    if (shown !== undefined) {
      printLine(stdout, seedIn(folder, shown))
      return 0
    }
    const { bot: bots, 'without-bot': withoutBots, operator: operators, 'without-operator': withoutOperators } = options
    const telegram = options.telegram ? true : options['without-telegram'] ? false : null
    const users = install({ folder, bots, withoutBots, operators, withoutOperators, telegram, tls })
    if (json) {
      printLine(stdout, JSON.stringify(users))
      return 0
    }
    for (const { user, publicKey, seedFile, created } of users) {
      printLine(stdout, `${created ? 'made' : 'kept'}  ${user}  ${publicKey}  ${seedFile}`)
    }
    return 0
  },
}
