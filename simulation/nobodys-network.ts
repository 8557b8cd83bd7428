import { SimulatedTransport } from './nats/transport.ts'
import { outside } from './process.ts'

const { connect, send, close, discard } = SimulatedTransport.prototype

/**
 * What a process has handed to the network is the network's: it goes on, and the server with it, while that process is
 * stopped or dead. To be called once.
 */
export function makeNetworkNobodys(): void {
  Object.assign(SimulatedTransport.prototype, {
    connect(this: SimulatedTransport, ...given: Parameters<typeof connect>) {
      return outside(() => connect.apply(this, given))
    },
    send(this: SimulatedTransport, chunk: Uint8Array) {
      outside(() => send.call(this, chunk))
    },
    close(this: SimulatedTransport) {
      return outside(() => close.call(this))
    },
    discard(this: SimulatedTransport) {
      outside(() => discard.call(this))
    },
  })
}
