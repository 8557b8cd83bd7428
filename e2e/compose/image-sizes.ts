import { docker, lines } from './docker.ts'
import { serviceOf } from './inspect.ts'
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
  for (const container of await stack.containers()) {
    const { StartedAt, Health } = container.State
    const healthy = Health?.Log.find(({ ExitCode }) => ExitCode === 0)
    if (healthy === undefined) continue
    const listening = lines(await docker(['logs', container.Id])).find((line) => line.includes('"msg":"listening"'))
    const since = (instant: string) => `${((Date.parse(instant) - Date.parse(StartedAt)) / 1000).toFixed(1)} s`
    const listens = listening === undefined ? '' : `listens after ${since(JSON.parse(listening).time)}, `
    times.push(`${serviceOf(container)}: ${listens}seen to be healthy after ${since(healthy.End)}`)
  }
  return times
}
