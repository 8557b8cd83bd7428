import type { ServiceProcess } from '@drawbridge/testing'

/** A metric of a service, summed over its labels; 0 if there is none. */
export async function metricOf(service: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${await service.url()}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
