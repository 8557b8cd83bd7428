import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

const SUCCESS = 0

/** Reports once when spans can no longer be sent, and once when they can again: the SDK itself does not. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #onChange: (error: Error | null) => void
  #failing = false

  /** @param onChange called with the reason why spans cannot be sent; null: they can again */
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
