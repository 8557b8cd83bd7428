import path from 'node:path'
import { startConnector } from '@drawbridge/connector'
import {
  type ConnectorReport,
  decodeRiskEvent,
  type RiskEvent,
  streams,
  subjects,
  type TickMessage,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { type ServiceHere, startHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'

/** One reading decides, and pauses end only when an operator says so. */
const LIMITS = { confirm_jump: null, max_daily_loss: 5, daily_loss_ends: 'manual', max_drawdown: null }

/** Instead of that loss, one of 5 percent in a day closes positions. */
export const CLOSING_LIMITS = {
  max_daily_loss: null,
  limits: {
    closing: {
      window: 'day',
      reference: { kind: 'start' },
      limit: { percent: 5, of: 'reference' },
      tiers: [{ at_percent: 100, action: 'flatten' }],
      ends: 'manual',
    },
  },
}

/** Real NATS and a real guardian, with connectors to other sides that a test fakes. */
export class ConnectorScene {
  readonly scene: Scene
  readonly #running: ServiceHere[] = []

  private constructor(scene: Scene) {
    this.scene = scene
  }

  /** @param limits of all traders, beside a daily loss of 5 percent */
  static async open(limits: object = {}): Promise<ConnectorScene> {
    const config = { lease_seconds: 5, limits: { ...LIMITS, ...limits } }
    const opened = new ConnectorScene(await Scene.open(config))
    await opened.scene.start('risk-guardian', config)
    return opened
  }

  /** Starts connectors as `connectors` of config.json has them. */
  async connect(
    connectors: object,
    env: Readonly<Record<string, string>> = {},
    more: object = {},
  ): Promise<ServiceHere> {
    const config = { lease_seconds: 5, limits: LIMITS, connectors, ...more }
    const service = await startHere(startConnector, { ...this.#own(), ...env }, config)
    this.#running.push(service)
    return service
  }

  #own() {
    return { NATS_URL: this.scene.natsUrl, CONNECTOR_NOTES_FOLDER: path.join(this.scene.folder, 'notes') }
  }

  /** What was reported for a trader. */
  async ticks(trader: TraderId): Promise<readonly TickMessage[]> {
    return (await this.scene.ticks(trader)).map(({ text }) => JSON.parse(text) as TickMessage)
  }

  /** The newest event of a trader; null: there is none. */
  async newestEvent(trader: TraderId): Promise<RiskEvent | null> {
    const message = await lastMessage(this.scene.manager, streams.risk, subjects.traderLog(trader))
    const event = message === null ? null : decodeRiskEvent(message.data)
    return event?.ok ? event.value : null
  }

  /** An operator pauses a trader. */
  pause(trader: TraderId, reason: string): Promise<void> {
    return this.scene.publish(subjects.control('pause', trader), toJsonBytes({ reason, by: 'alice' }))
  }

  /** The operator ends that pause. */
  resume(trader: TraderId): Promise<void> {
    return this.scene.publish(subjects.control('resume', trader), toJsonBytes({ by: 'alice' }))
  }

  /** An operator forgives a loss of the day. */
  forgive(trader: TraderId): Promise<void> {
    const fields = { reason: 'looked at it', by: 'alice', rebase: true, holder: 'limit:max_daily_loss' }
    return this.scene.publish(subjects.control('resume', trader), toJsonBytes(fields))
  }

  /** An operator changes the limits of a trader. */
  limits(trader: TraderId, limits: object): Promise<void> {
    return this.scene.publish(subjects.control('limits', trader), toJsonBytes({ ...limits, by: 'alice' }))
  }

  async close(): Promise<void> {
    for (const service of this.#running) await service.stop()
    await this.scene.close()
  }
}

/** How a connector says that entries stand on its other side. */
export async function standsOf(service: ServiceHere, name: string): Promise<string | null | undefined> {
  return (await reportOf(service, name))?.stands
}

/** Why a connector cannot read; undefined: it can, as far as it knows. */
export async function whyUnread(service: ServiceHere, name: string): Promise<string | undefined> {
  return (await reportOf(service, name))?.faults.find(({ task }) => task === 'read')?.reason
}

async function reportOf(service: ServiceHere, name: string): Promise<ConnectorReport | undefined> {
  const response = await fetch(`${await service.url()}/api/connectors`)
  const { connectors } = (await response.json()) as { connectors: readonly ConnectorReport[] }
  return connectors.find(({ connector }) => connector === name)
}

/** What `/readyz` says of connectors; undefined: nothing is wrong. */
export async function notesOf(service: ServiceHere): Promise<string | undefined> {
  const response = await fetch(`${await service.url()}/readyz`)
  const { notes } = (await response.json()) as { notes?: { connectors?: string } }
  return notes?.connectors
}
