import { readFileSync } from 'node:fs'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { docker, ROOT } from './docker.ts'

/** Builds an image of the programs in the folder plain-client. */
export async function buildPlainClient(tag: string): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}/libs/client/package.json`, 'utf8'))
  const args = { NODE_IMAGE: images.node, CLIENT_VERSION: dependencies['@nats-io/transport-node'] }
  const build = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  await docker(['build', '--quiet', '--tag', tag, ...build, 'e2e/compose/plain-client'], { timeoutMs: 300_000 })
}
