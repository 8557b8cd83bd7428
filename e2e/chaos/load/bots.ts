import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '@drawbridge/testing/random'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientLog } from './client-log.ts'

const START_CENTS = 100_000
const LEAST_CENTS = 20_000
const STEP_CENTS = 300
const FALL_CHANCE = 0.01
/** A fall of this many percent breaches the daily loss of config.json. */
const FALL_PERCENT = 7
const BETWEEN_TICKS_MS = 250
const HTTP_WITHIN_MS = 10_000
const ACK_WITHIN_MS = 2_000
/** All within the ten seconds in which JetStream recognizes a message by its id. */
const SENDINGS_MAX = 4

export interface BotSettings {
  readonly trader: string
  readonly random: Random
  readonly log: ClientLog
  readonly stopping: AbortSignal
}

/** Sends one tick; its sequence in INPUTS, null if HTTP accepted it, undefined if it was not acknowledged. */
type SendTick = (trader: string, tickSeq: number, equity: string) => Promise<number | null | undefined>

/** Reports over HTTP until stopped. Unanswered ticks are not repeated, because HTTP has no id for a tick. */
export function reportByHttp(settings: BotSettings, url: string): Promise<void> {
  return report(settings, (trader, seq, equity) => sendByHttp(url, trader, seq, equity))
}

/** @returns null if it was accepted, else undefined */
export async function sendByHttp(url: string, trader: string, seq: number, equity: string): Promise<null | undefined> {
  const answer = await fetch(`${url}/api/traders/${trader}/equity`, {
    method: 'POST',
    body: JSON.stringify({ equity, seq }),
    signal: AbortSignal.timeout(HTTP_WITHIN_MS),
  })
  await answer.body?.cancel()
  return answer.ok ? null : undefined
}

/** Reports over NATS until stopped. Unanswered ticks are repeated with the same id. */
export function reportByNats(settings: BotSettings, connection: NatsConnection): Promise<void> {
  const run = settings.random.between(0, 1_000_000_000)
  return report(settings, (trader, seq, equity) =>
    sendByNats(connection, trader, seq, equity, `${trader}-${run}-${seq}`),
  )
}

/** @returns its sequence in INPUTS; undefined if it was not acknowledged */
export async function sendByNats(
  connection: NatsConnection,
  trader: string,
  seq: number,
  equity: string,
  msgID: string,
): Promise<number | undefined> {
  const client = jetstream(connection, { timeout: ACK_WITHIN_MS })
  for (let sendings = 0; sendings < SENDINGS_MAX; sendings += 1) {
    try {
      return (await client.publish(`equity.tick.${trader}`, JSON.stringify({ equity, seq }), { msgID })).seq
    } catch {
      await delay(BETWEEN_TICKS_MS)
    }
  }
  return undefined
}

async function report({ trader, random, log, stopping }: BotSettings, send: SendTick): Promise<void> {
  const walk = new EquityWalk(random)
  for (let tickSeq = 1; !stopping.aborted; tickSeq += 1) {
    const equity = walk.next()
    const sentAt = Date.now()
    const acknowledged = await send(trader, tickSeq, equity).catch(() => undefined)
    if (acknowledged !== undefined) {
      const { inputsOffset } = log
      const inputSeq = acknowledged === null || inputsOffset === null ? null : acknowledged + inputsOffset
      log.ticks.push({ trader, tickSeq, equity, sentAt, inputSeq })
    }
    await delay(BETWEEN_TICKS_MS)
  }
}

/** The equity of an account that sometimes breaches a limit. */
class EquityWalk {
  readonly #random: Random
  #cents = START_CENTS

  constructor(random: Random) {
    this.#random = random
  }

  /** The next equity, a decimal without trailing zeros. */
  next(): string {
    const isFall = this.#random.chance(FALL_CHANCE)
    const change = isFall ? -(this.#cents * FALL_PERCENT) / 100 : this.#random.between(-STEP_CENTS, STEP_CENTS + 20)
    this.#cents = Math.max(LEAST_CENTS, Math.round(this.#cents + change))
    return String(this.#cents / 100)
  }
}
