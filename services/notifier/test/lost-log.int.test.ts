import { type Notice, notifierStreams, type RiskEvent, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { START, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AlertBook } from '../src/core/alert-book.ts'
import { Scene } from './notifier-scene.ts'
import { Receiver } from './receiver.ts'

const HOUR = 3_600_000
let receiver: Receiver
let scene: Scene

beforeEach(async () => {
  receiver = await Receiver.open()
  scene = await Scene.open({ channels: { desk: { kind: 'webhook', url: receiver.url, at_most_per_minute: 60 } } })
})
afterEach(async () => {
  await scene.close()
  await receiver.close()
})

type Told = Pick<Notice, 'trader' | 'version' | 'kind' | 'facts'> & { readonly round: string; readonly text: string }

const told = (): readonly Told[] =>
  receiver.received.flatMap(({ body }) => {
    const { notices, text } = JSON.parse(body).data
    return (notices as Told[]).map((notice) => ({ ...notice, text }))
  })
const inShort = () => told().map(({ trader, version, kind, round }) => `${trader} ${version} ${kind} ${round}`)

/** Breaks a limit by its second event. */
function breach(trader: string, start = START): TraderLog {
  const log = new TraderLog(trader, start)
  log.tick(1_000)
  log.tick(890)
  return log
}

async function openAlerts(trader: string): Promise<readonly string[]> {
  const found = await lastMessage(scene.manager, notifierStreams.alerts, subjects.alerts(trader))
  return found?.json<AlertBook>().alerts.map(({ key }) => key) ?? []
}

const untilOver = (trader: string) =>
  eventually(async () => (await openAlerts(trader)).length === 0, { what: `no alert of ${trader}` })

test('a breach of a new log is told, though the lost one had told of the same version; what is not in it is over', async () => {
  await scene.start()
  await scene.publish([...breach('bot1').events, ...breach('bot2').events])
  await receiver.untilReceived(2)
  await scene.lose(streams.risk, streams.inputs)
  await receiver.untilReceived(4)
  await untilOver('bot2')
  await scene.publish(breach('bot1', START + HOUR).events)
  await receiver.untilReceived(5)
  expect(inShort()).toEqual([
    'bot1 2 breach first',
    'bot2 2 breach first',
    'bot1 2 resumed resolved',
    'bot2 2 resumed resolved',
    'bot1 2 breach first',
  ])
  const [, , over] = told()
  expect(over?.text).toContain('the one that takes its place does not know this')
  expect(over?.text).toContain('New entries are still blocked: no equity has been reported yet')
  expect(await openAlerts('bot1')).toEqual(['breach:max_daily_loss'])
})

test('after an adoption, what it carried over is not told again, and what was lost is over', async () => {
  const service = await scene.start()
  const [kept, lost, quiet] = [breach('bot1'), breach('bot2'), breach('bot3')]
  await scene.publish([...kept.events, ...lost.events, ...quiet.events.slice(0, 1)])
  await receiver.untilReceived(2)
  await service.stop()
  await scene.lose(streams.risk)

  // Nothing is over while nobody knows yet what the new log has.
  await scene.start()
  await scene.adopt([kept.events[1], lost.events[0], quiet.events[0]] as readonly RiskEvent[])
  await receiver.untilReceived(3)
  await scene.publish([lost.tick(889)])
  // The same version as the lost event, an hour later.
  const again = breach('bot2', START + HOUR)
  await scene.publish([...again.events.slice(1), ...quiet.events.slice(1)])
  await receiver.untilReceived(5)
  expect(inShort()).toEqual([
    'bot1 2 breach first',
    'bot2 2 breach first',
    'bot2 1 resumed resolved',
    'bot2 2 breach first',
    'bot3 2 breach first',
  ])
  expect(await openAlerts('bot1')).toEqual(['breach:max_daily_loss'])
})

test('an alert that an older notifier remembered goes on, and its log is known from then on', async () => {
  const log = breach('bot1')
  const first = await scene.start()
  await scene.publish(log.events)
  await receiver.untilReceived(1)
  await first.stop()
  const found = await lastMessage(scene.manager, notifierStreams.alerts, subjects.alerts('bot1'))
  const { log: _log, at: _at, ...older } = found?.json<AlertBook>() ?? {}
  await scene.jetstream.publish(subjects.alerts('bot1'), JSON.stringify(older))

  await scene.start()
  await scene.adopt([])
  await scene.publish([log.tick(889), ...breach('bot2').events])
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  expect(inShort()).toEqual(['bot1 2 breach first', 'bot2 2 breach first'])
  const { created } = await scene.manager.streams.info(streams.risk)
  const now = await lastMessage(scene.manager, notifierStreams.alerts, subjects.alerts('bot1'))
  expect(now?.json()).toMatchObject({ log: created, alerts: [{ key: 'breach:max_daily_loss' }] })
})

test('a dead letter is told, though REJECTS was lost and counts again', async () => {
  await scene.start()
  await scene.rejectEvent('risk.event.assessed.bot1', 'no')
  await receiver.untilReceived(1)
  const acknowledge = { kind: 'acknowledge', trader: ':system', alert: null, by: 'ann' }
  await scene.jetstream.publish(subjects.notifyCommand('console'), JSON.stringify(acknowledge))
  await untilOver(':system')
  await scene.lose(streams.rejects)
  await scene.rejectEvent('risk.event.assessed.bot1', 'no again')
  await receiver.untilReceived(2)
  expect(inShort()).toEqual(['null 1 fault first', 'null 1 fault first'])
})
