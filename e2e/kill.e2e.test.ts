import { afterAll, beforeAll, test } from 'vitest'
import { REPLAYED_TRADERS, SHORT_DEMO_BARS, writeShortDemo } from './fixtures/short-demo.ts'
import { expectKillsChangeNothing } from './kill/demo-under-kills.ts'
import { makeWorkFolder } from './npm-start.ts'

const KILLS = 9

let folder: Awaited<ReturnType<typeof makeWorkFolder>>
beforeAll(async () => {
  folder = await makeWorkFolder()
})
afterAll(() => folder?.remove())

test(`${KILLS} kills of guardian, trader and persister at random moments change nothing in the history`, async () => {
  const { configFile } = await writeShortDemo(folder.path)
  await expectKillsChangeNothing({ configFile, bars: REPLAYED_TRADERS * SHORT_DEMO_BARS }, KILLS)
})
