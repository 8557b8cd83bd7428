import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '@drawbridge/testing/random'
import type { AnsweredCommand, CommandEvent } from '../check/evidence.ts'
import { factsOf, type WireEvent } from '../check/read-evidence.ts'
import type { ClientLog } from './client-log.ts'

const BETWEEN_COMMANDS_MS = 700
const BEFORE_AGAIN_MS = 500
const ANSWERS_WITHIN_MS = 10_000
/** Together less than the two minutes for which a key is known. */
const SENDINGS_MAX = 8

/** A command by HTTP, and the subject that it has in INPUTS. */
interface Command {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly subject: string
  readonly body: Readonly<Record<string, unknown>>
}

interface OperatorSettings {
  readonly traders: readonly string[]
  readonly url: string
  readonly random: Random
  readonly log: ClientLog
}

/** Gives commands over HTTP, each with its own key; commands without a clear answer are repeated with the same key. */
export class Operator {
  readonly #settings: OperatorSettings
  readonly #run: number
  #commands = 0
  /** Nothing else is seen while all traders are paused. */
  #pausesAll = false

  constructor(settings: OperatorSettings) {
    this.#settings = settings
    this.#run = settings.random.between(0, 1_000_000_000)
  }

  async work(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      await this.#give(this.#any())
      await delay(BETWEEN_COMMANDS_MS)
    }
  }

  /** Switches everything on again. */
  async switchAllOn(): Promise<void> {
    await this.#give(flags({ enable_risk_enforcement: true, enable_persistence: true }))
    await this.#give(flags({ pause_all: null }))
  }

  #any(): Command {
    const { random, traders } = this.#settings
    const trader = random.pick(traders)
    const percent = () => random.between(30, 90) / 10
    if (this.#pausesAll) {
      this.#pausesAll = false
      return flags({ pause_all: null })
    }
    const draw = random.next()
    if (draw < 0.3) return toTrader('pause', trader, {})
    if (draw < 0.65) return toTrader('resume', trader, {})
    if (draw < 0.75) return toTrader('cash-flow', trader, { amount: `${random.between(-20, 40)}.5` })
    if (draw < 0.85) return ownLimits(trader, percent())
    if (draw < 0.9) return { ...limitsOfAll(percent()) }
    if (draw < 0.93) return this.#pauseAll()
    if (draw < 0.97) return flags({ enable_risk_enforcement: random.chance(0.7) })
    return flags({ enable_persistence: random.chance(0.7) })
  }

  /** Until soon, or until the next command. */
  #pauseAll(): Command {
    const { random } = this.#settings
    this.#pausesAll = random.chance(0.5)
    const until = new Date(Date.now() + random.between(500, 3_000)).toISOString()
    return flags({ pause_all: this.#pausesAll ? {} : { until } })
  }

  async #give({ method, path, subject, body }: Command): Promise<void> {
    this.#commands += 1
    const reason = `chaos ${this.#run} ${this.#commands}`
    const sentAt = Date.now()
    let last: AnsweredCommand = { reason, subject, sentAt, status: null, input: null, event: null }
    for (let sendings = 0; sendings < SENDINGS_MAX; sendings += 1) {
      try {
        const answer = await fetch(`${this.#settings.url}${path}`, {
          method,
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `${this.#run}-${this.#commands}` },
          body: JSON.stringify({ ...body, reason }),
          signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
        })
        const { input = null, event = null } = (await answer.json()) as {
          input?: number
          event?: WireEvent | null
        }
        last = { reason, subject, sentAt, status: answer.status, input, event: event === null ? null : eventOf(event) }
        if (answer.status < 500) break
      } catch {
        // The service is down or frozen: whether the command was taken is not known.
      }
      await delay(BEFORE_AGAIN_MS)
    }
    this.#settings.log.commands.push(last)
  }
}

function toTrader(name: 'pause' | 'resume' | 'cash-flow', trader: string, body: Command['body']): Command {
  return { method: 'POST', path: `/api/traders/${trader}/${name}`, subject: `command.http.${name}.${trader}`, body }
}

function ownLimits(trader: string, max_daily_loss: number): Command {
  return {
    method: 'PUT',
    path: `/api/limits/${trader}`,
    subject: `command.http.limits.${trader}`,
    body: { max_daily_loss },
  }
}

function limitsOfAll(max_daily_loss: number): Command {
  return { method: 'PUT', path: '/api/limits', subject: 'command.http.limits', body: { max_daily_loss } }
}

function flags(body: Command['body']): Command {
  return { method: 'POST', path: '/api/feature_flags', subject: 'command.http.flags', body }
}

/** Events of flags and of configured limits have no trader. */
function eventOf(event: WireEvent): CommandEvent {
  if (event.trader !== undefined) return { of: 'trader', facts: factsOf(event) }
  return { of: 'all', facts: { kind: event.type, inputSeq: event.inputSeq } }
}
