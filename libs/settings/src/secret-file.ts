import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'

/** A larger file is no secret, and would take long to be kept out of every text. */
export const SECRET_BYTES_MAX = 65_536

/**
 * A mounted secret, without surrounding white space. A refusal does not quote the file. It never waits: what is no regular
 * file, as a named pipe that nobody writes to, is refused.
 */
export function readSecret(path: string): Parsed<string> {
  let file: number | null = null
  try {
    // Opening a pipe would wait for somebody who writes.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    if (!stats.isFile()) return refused(`${path} is ${kindOf(stats)}, and a secret is read from a regular file`)
    const text = textIn(file)
    if (text === null) return refused(`${path} has more than ${SECRET_BYTES_MAX} bytes: is it the right file?`)
    return text === '' ? refused(`${path} is empty`) : parsed(text)
  } catch (error) {
    return refused(`cannot be read: ${(error as Error).message}`)
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** Null: it is too large, whatever its size was said to be. */
function textIn(file: number): string | null {
  const bytes = Buffer.alloc(SECRET_BYTES_MAX + 1)
  let length = 0
  while (length < bytes.length) {
    const read = readSync(file, bytes, length, bytes.length - length, null)
    if (read === 0) return bytes.subarray(0, length).toString('utf8').trim()
    length += read
  }
  return null
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device'
  return 'something else'
}
