import { parseJson } from '@drawbridge/contracts'

/** An event as it is on the wire, with what is needed here of its own; handed on as it is. */
export interface WireEvent {
  readonly inputSeq: number
  /** Of a trader's event. */
  readonly version?: number
  readonly recordedAt?: string
  readonly facts?: readonly { readonly kind: string }[]
}

/** Null: it is no event. What guardians stored is not checked again. */
export function wireOf(data: Uint8Array): WireEvent | null {
  const json = parseJson(data)
  if (!json.ok) return null
  const value = json.value.value as WireEvent | null
  return typeof value?.inputSeq === 'number' ? value : null
}

/** What an event of a configuration brought into force, which input made it, and when; null: it is no event. */
export function configurationInForce(data: Uint8Array) {
  const event: (WireEvent & { readonly schema?: unknown; readonly type?: unknown }) | null = wireOf(data)
  if (event === null) return null
  const { inputSeq: version, recordedAt: changedAt, schema: _schema, type: _type, ...content } = event
  return { version, changedAt, ...content }
}
