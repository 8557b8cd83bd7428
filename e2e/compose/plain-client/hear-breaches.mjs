// Says each breach that is heard, one a line.
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'

const { NATS_URL, NKEY_SEED } = process.env
const nats = await connect({ servers: NATS_URL, authenticator: nkeyAuthenticator(new TextEncoder().encode(NKEY_SEED)) })
nats.subscribe('risk.breach.>', {
  callback: (_error, message) => console.log(`${message.subject} ${message.headers.get('Nats-Sequence')}`),
})
await nats.flush()
console.log('listening')
process.once('SIGTERM', () => void nats.drain())
