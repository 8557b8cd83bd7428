export type Role = 'read' | 'operate' | 'admin'

/** A route that is not open. */
export interface Endpoint {
  readonly service: string
  readonly port: number
  readonly method: string
  /** With values for its parameters. */
  readonly path: string
  readonly access: Role
  /** Whether the token of a bot may call it for its own traders. */
  readonly bots: 'own' | 'none'
  /** As it is in the documents, like `POST /api/traders/{id}/equity`. */
  readonly route: string
  /** The path of the same endpoint for a trader. */
  readonly pathOf: (trader: string) => string
}

interface Operation {
  readonly 'x-access': Role | 'open'
  readonly 'x-bots': 'own' | 'none'
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Every endpoint of a running service, from its own documents: new routes are tried without a change here. */
export async function endpointsOf(service: string, url: string): Promise<readonly Endpoint[]> {
  const answer = await fetch(`${url}/docs/json`)
  if (!answer.ok) throw new Error(`/docs/json of ${service} answers ${answer.status}: ${await answer.text()}`)
  const document = (await answer.json()) as OpenApi
  const port = Number(new URL(url).port)
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([name, { 'x-access': access, 'x-bots': bots }]) => {
      if (access === 'open') return []
      const method = name.toUpperCase()
      const pathOf = (trader: string) => withValues(path, trader)
      const route = `${service}: ${method} ${path}`
      return [{ service, port, method, path: pathOf('bot1'), access, bots, route, pathOf } satisfies Endpoint]
    }),
  )
}

function withValues(path: string, trader: string): string {
  return path.replaceAll('{version}', '1').replaceAll(/\{\w+\}/g, trader)
}
