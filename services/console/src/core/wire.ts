import { parseJson } from '@drawbridge/contracts'

/** An event in its wire form, with the fields used here; passed on unchanged. */
export interface WireEvent {
  readonly inputSeq: number
  /** Only in a trader's event. */
  readonly version?: number
  readonly recordedAt?: string
  readonly facts?: readonly { readonly kind: string; readonly by?: string | null }[]
  readonly decision?: { readonly status: string }
  readonly state?: { readonly pause?: { readonly holds?: readonly { readonly holder: string }[] } | null }
}

/** Null: not an event. Events that guardians stored are not validated again. */
export function wireOf(data: Uint8Array): WireEvent | null {
  const json = parseJson(data)
  if (!json.ok) return null
  const value = json.value.value as WireEvent | null
  return typeof value?.inputSeq === 'number' ? value : null
}

/** The content of a configuration event, its input, and its time; null: not an event. */
export function configurationInForce(data: Uint8Array) {
  const event: (WireEvent & { readonly schema?: unknown; readonly type?: unknown }) | null = wireOf(data)
  if (event === null) return null
  const { inputSeq: version, recordedAt: changedAt, schema: _schema, type: _type, ...content } = event
  return { version, changedAt, ...content }
}
