import { once } from 'node:events'
import { createServer } from 'node:net'

/** The code of the error of listening there, as `EADDRINUSE`; null: none. */
export async function listenError(host: string, port: number): Promise<string | null> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    server.close()
  }
}
