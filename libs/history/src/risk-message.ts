import { headerNames } from '@drawbridge/contracts'
import { rawHeader } from '@drawbridge/nats'
import type { JsMsg } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/transport-node'
import type { RiskMessage } from './core/read-message.ts'

/** Where this version of the client keeps the message that it was brought. */
interface Brought {
  readonly msg?: Msg
}

/** What is read of a message of RISK: asked for all its headers, the client takes as long as all else that is done with it. */
export function riskMessage(message: JsMsg): RiskMessage {
  const { subject, data, seq } = message
  return { subject, data, seq, traceparent: rawHeader((message as Brought).msg ?? message, headerNames.traceparent) }
}
