import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

const LOOK_EVERY_MS = 250
/** Read at a time; what comes faster is left to the file. */
const BYTES_MAX = 256 * 1024
const WARN = 40

/**
 * Writes what logs say from now on, as far as it is a warning or worse: breaches among it.
 * @param print takes a line of JSON
 * @returns stops it
 */
export function followLogs(files: readonly string[], print: (line: string) => void): () => void {
  const tails = files.map((file) => ({ file, at: sizeOf(file), rest: '' }))
  const look = () => {
    for (const tail of tails) {
      const lines = (tail.rest + readFrom(tail)).split('\n')
      tail.rest = lines.pop() ?? ''
      for (const line of lines) if (isWarning(line)) print(line)
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function readFrom(tail: { readonly file: string; at: number }): string {
  const size = sizeOf(tail.file)
  if (size <= tail.at) return ''
  const from = Math.max(tail.at, size - BYTES_MAX)
  const bytes = Buffer.alloc(size - from)
  const file = openSync(tail.file, 'r')
  try {
    readSync(file, bytes, 0, bytes.length, from)
  } finally {
    closeSync(file)
  }
  tail.at = size
  return bytes.toString()
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0
}

function isWarning(line: string): boolean {
  try {
    const { level = 0 } = JSON.parse(line) as { level?: number }
    return level >= WARN
  } catch {
    return false
  }
}
