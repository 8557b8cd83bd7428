// Reports for a trader without a pause, each tick until JetStream has stored it, and says at its end how many those are.
import { connect, headers, nkeyAuthenticator } from '@nats-io/transport-node'

const { NATS_URL, NKEY_SEED, TRADER } = process.env
const nats = await connect({
  servers: NATS_URL.split(','),
  authenticator: nkeyAuthenticator(new TextEncoder().encode(NKEY_SEED)),
  maxReconnectAttempts: -1,
  reconnectTimeWait: 200,
  waitOnFirstConnect: true,
})
let going = true
process.once('SIGTERM', () => {
  going = false
})

let stored = 0
while (going) {
  const seq = stored + 1
  // Sent twice, it is stored once.
  const id = headers()
  id.set('Nats-Msg-Id', `${TRADER}-${seq}`)
  const tick = JSON.stringify({ equity: 1000 + (seq % 10), seq })
  try {
    const answer = (await nats.request(`equity.tick.${TRADER}`, tick, { headers: id, timeout: 1_000 })).json()
    if (answer.error !== undefined) throw new Error(answer.error.description)
    stored = seq
    if (stored % 100 === 0) console.log(`stored ${stored}`)
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
console.log(`stored ${stored}`)
await nats.close()
