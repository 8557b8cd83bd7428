export type Role = 'read' | 'operate' | 'admin'

/** A route that is not open. */
export interface Endpoint {
  readonly service: string
  readonly port: number
  readonly method: string
  /** With values for its parameters. */
  readonly path: string
  readonly access: Role
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-access': Role | 'open' }>>>>
}

/** Every endpoint of a running service, from its own documents: new routes are tried without a change here. */
export async function endpointsOf(service: string, url: string): Promise<readonly Endpoint[]> {
  const answer = await fetch(`${url}/docs/json`)
  if (!answer.ok) throw new Error(`/docs/json of ${service} answers ${answer.status}: ${await answer.text()}`)
  const document = (await answer.json()) as OpenApi
  const port = Number(new URL(url).port)
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { 'x-access': access }]) =>
      access === 'open'
        ? []
        : [{ service, port, method: method.toUpperCase(), path: withValues(path), access } satisfies Endpoint],
    ),
  )
}

function withValues(path: string): string {
  return path.replaceAll('{version}', '1').replaceAll(/\{\w+\}/g, 'bot1')
}
