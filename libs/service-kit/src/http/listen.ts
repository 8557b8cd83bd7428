import type { HttpServer } from './http-server.ts'

/** Listens, with an error that says what to do where the port is taken. */
export async function listen(server: HttpServer, host: string, port: number, setting: string): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} on ${host} is taken by another program; stop it, or choose another with ${setting}`,
        {
          cause: error,
        },
      )
    }
    throw error
  }
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
