import { expect, test } from 'vitest'
import { Scene } from './scene.ts'

test('a trader whose first report or command nobody has decided yet is known', async () => {
  const waiting = await Scene.open()
  try {
    await waiting.restartApi({ decidedWithinMs: 100 })
    await waiting.tick('early', 1000)
    const pause = (id: string, more: object = {}) =>
      waiting.ask('POST', `/api/traders/${id}/pause`, { reason: 'x', ...more })

    expect((await pause('early')).status).toBe(202)
    expect((await pause('commanded')).status).toBe(404)
    expect((await pause('commanded', { create: true })).status).toBe(202)
    expect((await pause('commanded')).status).toBe(202)
  } finally {
    await waiting.close()
  }
})
