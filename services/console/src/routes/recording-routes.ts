import { Readable } from 'node:stream'
import { type Read, readRecordingExtent, recordingOf } from '@drawbridge/history/reads'
import { HttpFault, type HttpServer, traderInPath } from '@drawbridge/service-kit'
import { traderOf } from './asking.ts'
import { recordingAnswer } from './history-answers.ts'
import { type History, readHistory, withoutHistory } from './read-history.ts'
import { traderParams as params } from './schemas.ts'

const config = { access: 'read', aboutTraders: traderInPath } as const
/** Each reads the history at the speed of whoever takes it. */
const RECORDINGS_MAX = 8

/** What was recorded of a trader, for judging it again by other limits: the format is that of this version of the page. */
export function addRecordingRoutes(server: HttpServer, { reader, known }: History): void {
  const sent = new Set<Readable>()
  let reading = 0
  server.addHook('preClose', async () => {
    for (const recording of sent) recording.destroy()
  })
  const over = (fault: unknown): never => {
    reading -= 1
    throw fault
  }
  const summary = 'All inputs of a trader as its history tells them, for a what-if; bytes for the page alone'
  const schema = { summary, tags: ['history'], params, response: recordingAnswer }
  server.get('/api/history/traders/:id/recording', { config, schema }, async (request, reply) => {
    const trader = traderOf(request.params.id)
    if (reading >= RECORDINGS_MAX) {
      const words = `${RECORDINGS_MAX} recordings are being read already; try again later`
      throw new HttpFault(503, 'too-many-listeners', words)
    }
    reading += 1
    const read: Read = (work) => readHistory(reader, work)
    const extent = await read((select) => readRecordingExtent(select, trader)).catch(over)
    if (extent === null) return over(await withoutHistory(known, request, trader).catch((fault: unknown) => fault))
    const recording = Readable.from(recordingOf(read, trader, extent), { objectMode: false, highWaterMark: 1 })
    sent.add(recording)
    recording.once('close', () => {
      sent.delete(recording)
      reading -= 1
    })
    return reply.type('application/octet-stream').header('cache-control', 'no-store').send(recording)
  })
}
