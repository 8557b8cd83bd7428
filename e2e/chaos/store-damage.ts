import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { NatsServer } from '@drawbridge/testing/nats-server'
import { eventually } from '@drawbridge/testing/processes'
import type { Random } from '@drawbridge/testing/random'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

/** With such a low limit the server uses files of 32 kB, until it is restarted. */
const LIMIT_OF_SMALL_BLOCKS = 100_000
/** The first byte of a message is within this distance from the beginning of a file. */
const HEADER_BYTES = 64

/** Makes the server store RISK in small files until its next start, so that a flipped bit damages only a part. */
export async function keepInSmallBlocks(server: NatsServer): Promise<void> {
  const connection = await connect({ servers: server.url, maxReconnectAttempts: -1 })
  try {
    const manager = await jetstreamManager(connection)
    await manager.streams.update('RISK', { max_bytes: LIMIT_OF_SMALL_BLOCKS })
    await server.changeStore(async () => undefined)
    await eventually(() => manager.streams.update('RISK', { max_bytes: -1 }), { what: 'NATS to answer' })
  } finally {
    await connection.close()
  }
}

/**
 * Flips a bit somewhere in a file of RISK; the server must be down. If there are several, it is not the last one, so that the
 * log has a gap instead of an early end.
 */
export async function flipBit(store: string, random: Random): Promise<string> {
  const blocks = await blocksOf(store, 'RISK')
  const file = random.pick(blocks.length > 1 ? blocks.slice(0, -1) : blocks)
  const bytes = await readFile(file)
  const at = random.between(HEADER_BYTES, bytes.length - 1)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7))
  await writeFile(file, bytes)
  return `byte ${at} of ${bytes.length} in ${path.basename(file)}`
}

/** Cuts bytes off the last file of a stream; the server must be down. */
export async function cutTail(store: string, random: Random, stream: 'RISK' | 'INPUTS'): Promise<string> {
  const file = (await blocksOf(store, stream)).at(-1) ?? ''
  const bytes = await readFile(file)
  const cut = Math.min(bytes.length - HEADER_BYTES, random.between(1_000, 20_000))
  await writeFile(file, bytes.subarray(0, bytes.length - cut))
  return `${cut} of ${bytes.length} bytes of ${path.basename(file)}`
}

/** The files with messages, oldest first. */
async function blocksOf(store: string, stream: string): Promise<string[]> {
  const folder = path.join(store, 'jetstream', '$G', 'streams', stream, 'msgs')
  const blocks = (await readdir(folder)).filter((name) => name.endsWith('.blk'))
  const files = blocks
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => path.join(folder, name))
  const sizes = await Promise.all(files.map(async (file) => (await readFile(file)).length))
  return files.filter((_, index) => (sizes[index] ?? 0) > 2 * HEADER_BYTES)
}
