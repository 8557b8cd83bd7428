import { docker, lines } from './docker.ts'
import type { Stack } from './stack.ts'

/** How large the images of a stack are, one a line. */
export async function imageSizes(stack: Stack): Promise<readonly string[]> {
  const images = new Set(lines(await stack.compose(['config', '--images'])))
  const format = '{{index .RepoTags 0}} {{.Size}}'
  const told = lines(await docker(['image', 'inspect', '--format', format, ...images]))
  return told.map((line) => {
    const [tag, bytes] = line.split(' ')
    return `${tag}: ${Math.round(Number(bytes) / 1e6)} MB`
  })
}

/** How long after its start each container of a stack listened, and was seen to be healthy, one a line. */
export async function startTimes(stack: Stack): Promise<readonly string[]> {
  const times: string[] = []
  for (const { id, service } of await stack.containers()) {
    const [inspected] = JSON.parse(await docker(['inspect', id]))
    const startedAt = Date.parse(inspected.State.StartedAt)
    const healthy = inspected.State.Health?.Log.find((look: { ExitCode: number }) => look.ExitCode === 0)
    if (healthy === undefined) continue
    const listening = lines(await docker(['logs', id])).find((line) => line.includes('"msg":"listening"'))
    const since = (instant: string) => `${((Date.parse(instant) - startedAt) / 1000).toFixed(1)} s`
    const listens = listening === undefined ? '' : `listens after ${since(JSON.parse(listening).time)}, `
    times.push(`${service}: ${listens}healthy after ${since(healthy.End)}`)
  }
  return times
}
