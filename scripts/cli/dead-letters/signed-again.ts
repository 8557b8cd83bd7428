import { type InputAddress, parseInputSubject, parseJson, type Signer, subjects } from '@drawbridge/contracts'
import type { CommandDoor } from '@drawbridge/nats'

/** An input as it is published. */
export interface SignedInput {
  readonly subject: string
  readonly data: Uint8Array
}

/**
 * The input as who sends it again may publish it: a command is that one's own, on behalf of who gave it first. Ticks are as
 * they were, and so is everything where no server knows its users.
 */
export function signedAgain(door: CommandDoor, subject: string, data: Uint8Array): SignedInput {
  const address = parseInputSubject(subject)
  const own = ownSubject(door, address)
  if (own === null || !('signer' in address)) return { subject, data }
  return { subject: own, data: onBehalfOf(address.signer, data) }
}

function ownSubject({ user, flags, limits }: CommandDoor, address: InputAddress): string | null {
  if (user === null) return null
  if (address.kind === 'flags') return flags
  if (address.kind === 'limits') return limits
  if (address.kind !== 'command' || address.command === 'wake') return null
  return subjects.command(user, address.command, address.trader)
}

/** Whom a command names itself, it goes on to name; its digits stay as they are written. */
function onBehalfOf(signer: Signer, data: Uint8Array): Uint8Array {
  if (signer.kind !== 'user') return data
  const named = `"onBehalfOf":${JSON.stringify(signer.user)}`
  if (data.length === 0) return new TextEncoder().encode(`{${named}}`)
  const json = parseJson(data)
  if (!json.ok) return data
  const { value, text } = json.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return data
  if ('by' in value || 'onBehalfOf' in value) return data
  const separator = Object.keys(value).length === 0 ? '' : ','
  return new TextEncoder().encode(text.replace('{', `{${named}${separator}`))
}
