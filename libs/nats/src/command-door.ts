import { userInfo } from 'node:os'
import { type NatsUser, subjects } from '@drawbridge/contracts'
import type { NatsAccess } from './credentials.ts'

/** The users of operators' programs where the server asks for an nkey. It refuses another user's subjects. */
const NKEY_USER: NatsUser = 'admin'

/** Where an operator's program publishes its commands to all traders, and how the commands name their author. */
export interface CommandDoor {
  /** Null: the program connects without a user. */
  readonly user: string | null
  readonly flags: string
  readonly limits: string
  /** Who gives the commands: the NATS user, else the user of the operating system. */
  readonly author: string
  /** The fields of a command that name its author. @param onBehalfOf the user of the system if not given */
  readonly sign: (onBehalfOf?: string) => { readonly by?: string; readonly onBehalfOf?: string }
}

/** @param person the user of the operating system */
export function commandDoor({ seedFile }: NatsAccess, person = systemUser()): CommandDoor {
  if (seedFile === null) {
    return {
      user: null,
      flags: subjects.controlFlags,
      limits: subjects.controlLimits,
      author: person,
      sign: (onBehalfOf) => ({ by: person, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) }),
    }
  }
  return {
    user: NKEY_USER,
    flags: subjects.commandFlags(NKEY_USER),
    limits: subjects.commandLimits(NKEY_USER),
    author: NKEY_USER,
    sign: (onBehalfOf = person) => ({ onBehalfOf }),
  }
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    // A user id without a name, as in some containers.
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
