import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIPv6, type Socket } from 'node:net'

interface Connection {
  readonly socket: Socket
  readonly address: string
  /** The request that is arriving or being answered; null: none. */
  request: IncomingMessage | null
  hasAnswered: boolean
}

/** The system drops connections only if this many more than the limit arrive before others can be closed. */
const SYSTEM_RESERVE = 1_024

/**
 * Holds a bounded number of connections. When it is full, a new one replaces one without a complete request: of its own
 * address if that is at its limit, else of the address that holds most. So half requests displace only half requests. A
 * complete request keeps its connection until it is answered.
 * @param max connections from all addresses; @param perAddressMax from one address
 */
export function limitConnections(server: Server, max: number, perAddressMax: number): void {
  const connections = new ConnectionTable()
  server.maxConnections = max + SYSTEM_RESERVE
  server.on('connection', (socket) => {
    const address = addressOf(socket)
    const share = connections.of(address)
    if (share.size >= perAddressMax && !connections.giveUpOne(share)) return socket.destroy()
    if (connections.size >= max && !connections.giveUpOne(connections.largest())) return socket.destroy()
    connections.add({ socket, address, request: null, hasAnswered: false })
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.find(request.socket)
    if (connection === undefined) return
    connection.request = request
    response.once('close', () => {
      connection.hasAnswered = true
      // The next one may have arrived already.
      if (connection.request === request) connection.request = null
    })
  })
}

class ConnectionTable {
  readonly #byAddress = new Map<string, Set<Connection>>()
  /** Keyed by the peer: with TLS, a request names another socket than the accepted one. */
  readonly #byPeer = new Map<string, Connection>()

  get size(): number {
    return this.#byPeer.size
  }

  of(address: string): ReadonlySet<Connection> {
    return this.#byAddress.get(address) ?? new Set()
  }

  largest(): ReadonlySet<Connection> {
    let largest: ReadonlySet<Connection> = new Set()
    for (const share of this.#byAddress.values()) if (share.size > largest.size) largest = share
    return largest
  }

  find(socket: Socket): Connection | undefined {
    return this.#byPeer.get(peerOf(socket))
  }

  add(connection: Connection): void {
    const { socket, address } = connection
    const peer = peerOf(socket)
    const share = this.#byAddress.get(address) ?? new Set()
    this.#byAddress.set(address, share.add(connection))
    this.#byPeer.set(peer, connection)
    socket.once('close', () => {
      this.#remove(connection)
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer)
    })
  }

  /** Closes the oldest connection with an incomplete request, else the oldest idle one; false: none. */
  giveUpOne(share: ReadonlySet<Connection>): boolean {
    let resting: Connection | null = null
    for (const connection of share) {
      if (isHalf(connection)) return this.#giveUp(connection)
      if (connection.request === null) resting ??= connection
    }
    return resting !== null && this.#giveUp(resting)
  }

  #giveUp(connection: Connection): true {
    // Its place is free immediately; the system closes it a moment later.
    this.#remove(connection)
    this.#byPeer.delete(peerOf(connection.socket))
    connection.socket.destroy()
    return true
  }

  #remove(connection: Connection): void {
    const share = this.#byAddress.get(connection.address)
    share?.delete(connection)
    if (share?.size === 0) this.#byAddress.delete(connection.address)
  }
}

/** No request has arrived, or not all of it. */
function isHalf({ request, hasAnswered }: Connection): boolean {
  return request === null ? !hasAnswered : !request.complete
}

/** For IPv6 the first 64 bits: a client with one address of a /64 has all of them. */
function addressOf({ remoteAddress = '' }: Socket): string {
  const plain = remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const groups = head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const all = tail === undefined ? groups : [...groups, ...Array<string>(missing).fill('0'), ...tail.split(':')]
  return all
    .slice(0, 4)
    .map((group) => group || '0')
    .join(':')
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
