import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A span received over OTLP. */
export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, string | number>>
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string }
}
interface WireSpan extends Omit<ReceivedSpan, 'service' | 'attributes' | 'parentSpanId'> {
  readonly parentSpanId?: string
  readonly attributes: readonly Attribute[]
}
interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

/** Receives and stores traces like an OpenTelemetry collector, with OTLP in JSON over HTTP. */
export class Collector {
  readonly spans: ReceivedSpan[] = []
  readonly url: string
  readonly #server: ReturnType<typeof createServer>

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<Collector> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const collector = new Collector(server)
    server.on('request', async (request, response) => {
      if (request.url === '/v1/traces') collector.#keep(JSON.parse(await text(request)) as Exported)
      response.setHeader('content-type', 'application/json').end('{}')
    })
    return collector
  }

  ofTrace(traceId: string): readonly ReceivedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId)
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #keep({ resourceSpans }: Exported): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name'])
      for (const { name, kind, traceId, spanId, parentSpanId = '', attributes } of scopeSpans.flatMap(
        ({ spans }) => spans,
      )) {
        this.spans.push({ service, name, kind, traceId, spanId, parentSpanId, attributes: valuesOf(attributes) })
      }
    }
  }
}

function valuesOf(attributes: readonly Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [key, stringValue ?? Number(intValue)]),
  )
}
