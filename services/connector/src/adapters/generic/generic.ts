import type { Adapter } from '../../port.ts'
import { accountByCommand } from './by-command.ts'
import { accountByHttp } from './by-http.ts'
import { faultsOfGeneric, GenericSchema } from './settings.ts'

const CALLS_PER_MINUTE = 120
const MINUTE_MS = 60_000

export const generic: Adapter<typeof GenericSchema> = {
  name: 'generic',
  about: 'Any account that can be asked by HTTP and JSON, or by a command.',
  settings: GenericSchema,
  secrets: { token: { about: 'the token that is sent as "Authorization: Bearer"', required: false } },
  everySeconds: 5,
  limits: ({ calls_per_minute: calls = CALLS_PER_MINUTE }) => ({
    read: { calls, perMs: MINUTE_MS },
    control: { calls, perMs: MINUTE_MS },
  }),
  check: faultsOfGeneric,
  open: (settings, surroundings) =>
    settings.command === undefined
      ? accountByHttp(settings, surroundings)
      : accountByCommand(settings.command, settings, surroundings),
}
