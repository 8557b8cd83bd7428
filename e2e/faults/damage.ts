import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { streams, type TraderId } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import type { NatsServer } from '@drawbridge/testing/nats-server'
import type { JetStreamManager } from '@nats-io/jetstream'

/** With such a low limit the server uses files of 32 kB, until it is restarted. */
const LIMIT_OF_SMALL_BLOCKS = 100_000
const NO_LIMIT = -1

const folderOf = (store: string, stream: string) => path.join(store, 'jetstream', '$G', 'streams', stream)

/** Makes the server store RISK in files of about 25 events, until it restarts. */
export async function keepInSmallBlocks(server: NatsServer, manager: JetStreamManager): Promise<void> {
  await manager.streams.update(streams.risk, { max_bytes: LIMIT_OF_SMALL_BLOCKS })
  await server.changeStore(async () => undefined)
  await eventually(() => manager.streams.update(streams.risk, { max_bytes: NO_LIMIT }), { what: 'NATS to answer' })
}

/** Flips a bit in the first file of RISK: the server drops everything after it in that file. */
export async function flipBit(server: NatsServer, atByte: number): Promise<void> {
  await server.changeStore(async (store) => {
    const file = path.join(folderOf(store, streams.risk), 'msgs', '1.blk')
    const bytes = await readFile(file)
    bytes[atByte] = (bytes[atByte] ?? 0) ^ 1
    await writeFile(file, bytes)
  })
}

/** Flips a bit in the newest event of a trader. The server was stopped cleanly, and does not notice it at its start. */
export async function flipNewestEvent(server: NatsServer, trader: TraderId): Promise<void> {
  await server.changeStore(async (store) => {
    const folder = path.join(folderOf(store, streams.risk), 'msgs')
    const words = `"trader":"${trader}"`
    const found: { file: string; bytes: Buffer; at: number }[] = []
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.blk'))) {
      const file = path.join(folder, name)
      const bytes = await readFile(file)
      const at = bytes.lastIndexOf(words)
      if (at >= 0) found.push({ file, bytes, at })
    }
    const last = found
      .sort((a, b) => Number.parseInt(path.basename(a.file), 10) - Number.parseInt(path.basename(b.file), 10))
      .at(-1)
    if (last === undefined) throw new Error(`RISK has no event of ${trader}`)
    last.bytes[last.at] = (last.bytes[last.at] ?? 0) ^ 1
    await writeFile(last.file, last.bytes)
  }, 'SIGTERM')
}

/** Cuts bytes off the last file of a stream. @returns when it was cut, Unix milliseconds; the server was down */
export async function cutTail(server: NatsServer, stream: string, bytes: number): Promise<number> {
  let cutAt = 0
  await server.changeStore(async (store) => {
    const folder = path.join(folderOf(store, stream), 'msgs')
    const blocks = (await readdir(folder)).filter((name) => name.endsWith('.blk'))
    const last = blocks.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).at(-1) ?? ''
    const file = path.join(folder, last)
    const whole = await readFile(file)
    await writeFile(file, whole.subarray(0, whole.length - bytes))
    cutAt = Date.now()
  })
  return cutAt
}

/** The content of the store at one moment: a backup, or a snapshot of its volume. */
export class StoreCopy {
  readonly #server: NatsServer
  readonly #folder: string

  private constructor(server: NatsServer, folder: string) {
    this.#server = server
    this.#folder = folder
  }

  static async take(server: NatsServer): Promise<StoreCopy> {
    let folder = ''
    await server.changeStore(async (store) => {
      folder = `${store}-copy`
      await cp(store, folder, { recursive: true })
    })
    return new StoreCopy(server, folder)
  }

  /** Replaces these streams by their copies; the others stay. */
  async restore(...names: readonly string[]): Promise<void> {
    await this.#server.changeStore(async (store) => {
      for (const name of names) {
        await rm(folderOf(store, name), { recursive: true, force: true })
        await cp(folderOf(this.#folder, name), folderOf(store, name), { recursive: true })
      }
    })
  }
}
