import { ANYBODY_BY_HTTP, type Author, type Signer, UNVERIFIED } from './author.ts'
import type { FlagsChange, GlobalLimitsChange, TraderControl } from './control.ts'

type Command = TraderControl | GlobalLimitsChange | FlagsChange
type Signed = Exclude<Command, { kind: 'wake' }>

/** A parsed command with the author that its signer vouches for; what it claims otherwise stays a claim. */
export function signedBy<T extends Command>(signer: Signer, command: T): T {
  return isSigned(command) ? { ...command, ...vouchedFor(signer, command) } : command
}

function isSigned<T extends Command>(command: T): command is T & Signed {
  return 'by' in command
}

function vouchedFor(signer: Signer, { by: claim, onBehalfOf }: Signed): Author {
  switch (signer.kind) {
    case 'user': {
      // An old client, without the field `onBehalfOf`, says there on whose behalf it acts.
      const other = onBehalfOf ?? claim
      return other === null || other === signer.user ? { by: signer.user } : { by: signer.user, onBehalfOf: other }
    }
    case 'http':
      return { by: claim ?? ANYBODY_BY_HTTP }
    case 'nobody':
      return { by: claim === null ? null : `${UNVERIFIED}${claim}` }
    default:
      return signer satisfies never
  }
}
