import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAddress, HttpSettings } from '@drawbridge/settings'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Registry } from 'prom-client'
import type { Logger } from '../log.ts'
import type { Readiness } from '../readiness.ts'

/** Its routes may have TypeBox schemas, and must have `config: { access }`. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface HttpServerOptions {
  /** Its name in the documents. */
  readonly service: string
  /** Where it will listen. */
  readonly address: HttpAddress
  readonly settings: HttpSettings
  readonly log: Logger
  readonly readiness: Readiness
  readonly metrics: Registry
}
