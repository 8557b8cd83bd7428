import type { LaggingReplica } from './lagging-replica.ts'
import { headerBlock, type Message, NO_BYTES, type StoredMessage, withHeaders } from './message.ts'
import { rfc3339 } from './server-time.ts'

type Answer = Pick<Message, 'headers' | 'data'>

const NOT_FOUND: Answer = { headers: headerBlock('404 Message Not Found', {}), data: NO_BYTES }
const EMPTY: Answer = { headers: headerBlock('408 Empty Request', {}), data: NO_BYTES }

/**
 * What a replica answers to a direct read: of the newest message on a subject, or of whatever the body asks for.
 * @throws on requests that the model does not know
 */
export function readDirectly(stream: string, replica: LaggingReplica, subject: string, body: string): Answer {
  if (subject !== '') {
    if (body !== '') throw new Error('the simulated server knows no direct read with both a subject and a body')
    return found(stream, replica.last(subject))
  }
  if (body === '') return EMPTY
  const { seq, last_by_subj: last, ...rest } = JSON.parse(body) as { seq?: number; last_by_subj?: string }
  if (Object.keys(rest).length > 0) throw new Error(`the simulated server knows no direct read of ${body}`)
  if (last !== undefined) return found(stream, replica.last(last))
  return seq === undefined ? EMPTY : found(stream, replica.get(seq))
}

function found(stream: string, message: StoredMessage | undefined): Answer {
  if (message === undefined) return NOT_FOUND
  const headers = withHeaders(message.headerBytes, {
    'Nats-Stream': stream,
    'Nats-Subject': message.subject,
    'Nats-Sequence': message.seq,
    'Nats-Time-Stamp': rfc3339(message.time),
  })
  return { headers, data: message.data }
}
