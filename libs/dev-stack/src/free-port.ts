import { createServer } from 'node:net'

/** The preferred TCP port of 127.0.0.1 if nothing listens there, else one that is free; null: any free one. */
export async function freePort(preferred: number | null = null): Promise<number> {
  return (await tryPort(preferred ?? 0)) ?? (await tryPort(0)) ?? noPort()
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      const taken = typeof address === 'object' && address !== null ? address.port : null
      server.close(() => resolve(taken))
    })
  })
}

function noPort(): never {
  throw new Error('no TCP port of 127.0.0.1 is free')
}
