import { type LimitOverrides, type LimitsMessage, parseLimits } from '@drawbridge/contracts/pure'
import { judgeRecording } from './judge-recording.ts'
import type { Asked, Judged, Told } from './messages.ts'
import { Recording } from './recording.ts'

/** Pictures of what has been judged so far come no faster than the eye wants them. */
const PROGRESS_MS = 120

const tell = (told: Told) => postMessage(told)
let running = 0
let recording: Promise<Recording> | null = null
let trader = ''

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  running = data.kind === 'judge' ? data.run : 0
  if (data.kind === 'judge') void judge(data)
})
tell({ kind: 'ready' })

async function judge({ run, trader: wanted, settings }: Extract<Asked, { kind: 'judge' }>): Promise<void> {
  try {
    const changes = [{}, ...settings.map(read)]
    const found = await recordingOf(wanted)
    let toldAt = performance.now()
    const judged = await judgeRecording(found, changes, async (so) => {
      await otherTasks()
      if (running !== run) return false
      if (performance.now() - toldAt < PROGRESS_MS) return true
      tellProgress(run, so(), false)
      toldAt = performance.now()
      return true
    })
    if (judged !== null && running === run) tellProgress(run, judged, true)
  } catch (error) {
    // What could not be loaded is loaded again when it is asked for again.
    if (running === run) forget()
    tell({ kind: 'failed', run, words: error instanceof Error ? error.message : String(error) })
  }
}

function tellProgress(run: number, judged: Judged, isDone: boolean): void {
  tell({ kind: 'progress', run, isDone, judged })
}

function read(written: LimitsMessage): LimitOverrides {
  const limits = parseLimits(written)
  if (!limits.ok) throw new Error(`these limits cannot be judged: ${limits.reason}`)
  return limits.value
}

/** The recording of the trader that was asked for last is kept. */
function recordingOf(wanted: string): Promise<Recording> {
  if (recording === null || trader !== wanted) {
    forget()
    trader = wanted
    recording = Recording.open(wanted)
  }
  return recording
}

function forget(): void {
  void recording?.then((open) => open.close()).catch(() => undefined)
  recording = null
}

const channel = new MessageChannel()
const waiting: (() => void)[] = []
channel.port1.onmessage = () => waiting.shift()?.()

/** Lets messages be heard that have come meanwhile. A timer would wait for milliseconds. */
function otherTasks(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(null)
  })
}
