import { createServer } from 'node:net'

/** Below the ports that systems take for outgoing connections: one of those can be taken again at any moment. */
const FIRST = 20_000
const LAST = 32_000
const TRIES = 100

/** Given to somebody in this process, who may not listen yet. */
const given = new Set<number>()

/** The preferred TCP port of 127.0.0.1 if nothing listens there, else one that is free; none is given twice. */
export async function freePort(preferred: number | null = null): Promise<number> {
  if (preferred !== null && (await take(preferred))) return preferred
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (await take(port)) return port
  }
  throw new Error(`no TCP port of 127.0.0.1 was found free in ${TRIES} tries between ${FIRST} and ${LAST}`)
}

function take(port: number): Promise<boolean> {
  if (given.has(port)) return Promise.resolve(false)
  given.add(port)
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      given.delete(port)
      resolve(false)
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
