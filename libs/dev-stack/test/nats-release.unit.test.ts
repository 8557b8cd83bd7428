import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeCached } from '../src/find-nats-server.ts'
import { downloadNatsRelease } from '../src/nats-release.ts'

let folder: string
let server: Server
let address: string
let status: number
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-release-'))
  server = createServer((_request, response) => response.writeHead(status).end('not the archive'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('downloadNatsRelease', () => {
  it.runIf(process.platform === 'linux')('refuses an archive with another checksum, and caches nothing', async () => {
    status = 200
    const download = makeCached(path.join(folder, 'cached'), (part) => downloadNatsRelease(part, address))
    await expect(download).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/)
    expect(await readdir(folder)).toEqual([])
  })

  it('says where it looked when there is no such release', async () => {
    status = 404
    await expect(downloadNatsRelease(folder, address)).rejects.toThrow(
      /could not download .*127\.0\.0\.1.*: status 404/,
    )
  })

  it('says so when the host cannot be reached', async () => {
    server.close()
    await once(server, 'close')
    await expect(downloadNatsRelease(folder, address)).rejects.toThrow(/could not download .*ECONNREFUSED/)
  })
})
