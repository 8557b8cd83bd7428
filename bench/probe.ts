/** Loaded into every measured process: reports its memory and CPU time when asked. */
import type { Probed } from './node-process.ts'

process.on('message', (message: { readonly kind: string }) => {
  if (message.kind !== 'probe') return
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const probed: Probed = {
    heapBytes: heapUsed + external,
    rssBytes: rss,
    rssMostBytes: process.resourceUsage().maxRSS * 1_024,
    cpuMs: (user + system) / 1_000,
  }
  console.log(JSON.stringify({ msg: 'probed', ...probed }))
})
process.once('disconnect', () => setTimeout(() => process.exit(1), 20_000).unref())
