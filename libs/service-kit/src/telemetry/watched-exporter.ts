import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

const SUCCESS = 0

/** Says once when spans no longer get through, and once when they do again: the SDK itself is silent. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #onChange: (error: Error | null) => void
  #failing = false

  /** @param onChange hears why spans do not get through; null: they do again */
  constructor(exporter: SpanExporter, onChange: (error: Error | null) => void) {
    this.#exporter = exporter
    this.#onChange = onChange
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#exporter.export(spans, (result) => {
      const failed = result.code !== SUCCESS
      if (failed !== this.#failing) this.#onChange(failed ? (result.error ?? new Error('no reason given')) : null)
      this.#failing = failed
      done(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.()
  }
}
