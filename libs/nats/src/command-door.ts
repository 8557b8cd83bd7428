import { userInfo } from 'node:os'
import { type NatsUser, subjects } from '@drawbridge/contracts'
import type { NatsAccess } from './nats-access.ts'

/** Who the programs of operators are where the server asks for an nkey. It refuses the subjects of another user. */
const NKEY_USER: NatsUser = 'admin'

/** Where a program of an operator publishes its commands to all, and what it says in them of who gives them. */
export interface CommandDoor {
  /** Null: the server is told no user. */
  readonly user: string | null
  readonly flags: string
  readonly limits: string
  /** Who gives the commands, as far as that is known: the user of NATS, else that of the operating system. */
  readonly author: string
  /** The fields of a command that say who gives it. @param onBehalfOf the user of the system if not given */
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
