import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { REPLAYED_TRADERS } from './fixtures/short-demo.ts'
import { expectKillsChangeNothing } from './kill/demo-under-kills.ts'

const KILLS = 24

test(`${KILLS} kills at random moments of the whole demo change nothing in its history`, async () => {
  const configFile = fileURLToPath(new URL('../scripts/start/demo.json', import.meta.url))
  await expectKillsChangeNothing({ configFile, bars: REPLAYED_TRADERS * 5105 }, KILLS)
})
