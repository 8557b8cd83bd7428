import { type ConfigEvent, formatInstant } from '@drawbridge/contracts'

/** One configuration as `risk_config_history` keeps it, by column. */
export interface ConfigRow {
  readonly kind: string
  readonly input_seq: number
  readonly stream_seq: number
  readonly recorded_at: string
  readonly reason: string | null
  readonly by: string | null
  /** JSON: the event as on the wire. */
  readonly detail: string
}

export function configRow(event: ConfigEvent, streamSeq: number, wire: string): ConfigRow {
  return {
    kind: event.kind,
    input_seq: event.inputSeq,
    stream_seq: streamSeq,
    recorded_at: formatInstant(event.recordedAt),
    reason: event.reason,
    by: event.by,
    detail: wire,
  }
}
