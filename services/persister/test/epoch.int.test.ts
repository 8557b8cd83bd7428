import { streams } from '@drawbridge/contracts'
import { OtherEpochError } from '@drawbridge/history'
import { eventually } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

test('the creation time of the stream is kept beside the snapshot', async () => {
  await scene.startPersister()

  const epochs = await eventually(
    async () => {
      const rows = await scene.query('SELECT stream, created FROM risk_log_epoch')
      return rows.length > 0 ? rows : null
    },
    { what: 'the epoch to be written' },
  )

  const { created } = await scene.manager.streams.info(streams.risk)
  expect(epochs).toEqual([{ stream: streams.risk, created }])
})

test('a stream that was made again is refused at the start: nothing of it is stored', async () => {
  const service = await scene.startPersister()
  await scene.publish([new TraderLog('bot1').tick(1000)])
  await scene.untilStored(1)
  await service.stop()
  await scene.recreateStreams()
  await scene.publish([new TraderLog('bot2').tick(2000)])

  const refusing = await scene.spawnPersister()

  expect(await refusing.exited).toEqual({ code: 1, signal: null })
  expect(await scene.query('SELECT trader_id FROM risk_state_history')).toEqual([{ trader_id: 'bot1' }])
})

test('a stream that is made again while the persister runs is refused: nothing of it is stored', async () => {
  const service = await scene.startPersister()
  await scene.publish([new TraderLog('bot1').tick(1000)])
  await scene.untilStored(1)

  await scene.recreateStreams()
  await scene.publish([new TraderLog('bot2').tick(2000)])

  expect(await service.failed).toBeInstanceOf(OtherEpochError)
  expect(await scene.query('SELECT trader_id FROM risk_state_history')).toEqual([{ trader_id: 'bot1' }])
})
