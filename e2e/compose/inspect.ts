import { docker } from './docker.ts'

/** The used parts of `docker inspect` for a container. */
export interface Inspected {
  readonly Id: string
  readonly RestartCount: number
  readonly State: {
    readonly Status: string
    readonly StartedAt: string
    readonly Health?: {
      readonly Status: string
      readonly Log: readonly { readonly End: string; readonly ExitCode: number }[]
    }
  }
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> }
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean
    readonly Privileged: boolean
    readonly CapDrop: readonly string[]
    readonly CapAdd: readonly string[] | null
    readonly SecurityOpt: readonly string[]
    readonly Memory: number
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>
  }
}

export async function inspect(ids: readonly string[]): Promise<readonly Inspected[]> {
  return ids.length === 0 ? [] : JSON.parse(await docker(['inspect', '--type', 'container', ...ids]))
}

/** By which name compose.yaml knows it. */
export function serviceOf({ Config }: Inspected): string {
  return Config.Labels['com.docker.compose.service'] ?? ''
}
