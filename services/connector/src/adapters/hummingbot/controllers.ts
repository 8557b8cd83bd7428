import { type Failure, isFailure } from '../../core/failure.ts'
import { valueAt } from '../generic/pointer.ts'
import type { Asked, Parts, Stoppable } from '../stopping/block-by-stop.ts'
import type { HummingbotApi } from './api.ts'

/** The controllers of a bot. Each has a kill switch in its file, which the bot reads every 10 s. */
export class Controllers implements Stoppable {
  readonly #api: HummingbotApi
  readonly #bot: string

  constructor(api: HummingbotApi, bot: string) {
    this.#api = api
    this.#bot = bot
  }

  async look(signal: AbortSignal): Promise<Parts | Failure> {
    const answer = await this.#api.get('act', `/controllers/bots/${this.#bot}/configs`, signal)
    if (isFailure(answer)) return { ...answer, reason: `the controllers of bot "${this.#bot}": ${answer.reason}` }
    const configs: readonly unknown[] = Array.isArray(answer.body) ? answer.body : []
    if (configs.length === 0) {
      return { kind: 'unusable', reason: `the bot "${this.#bot}" has no controllers, so it has no kill switch` }
    }
    const parts = { kind: 'parts' as const, running: [] as string[], stopped: [] as string[] }
    for (const config of configs) {
      const name = valueAt(config, '/_config_name')
      // Hummingbot itself takes a switch that is not written for off.
      const isOn = valueAt(config, '/manual_kill_switch') ?? false
      if (typeof name !== 'string' || typeof isOn !== 'boolean') {
        return { kind: 'unusable', reason: `a controller of bot "${this.#bot}" does not tell its name and kill switch` }
      }
      parts[isOn ? 'stopped' : 'running'].push(name)
    }
    return parts
  }

  stop(parts: readonly string[], signal: AbortSignal): Promise<Asked> {
    return this.#switch(parts, true, signal)
  }

  start(parts: readonly string[], signal: AbortSignal): Promise<Asked> {
    return this.#switch(parts, false, signal)
  }

  async #switch(parts: readonly string[], isOn: boolean, signal: AbortSignal): Promise<Asked> {
    for (const part of parts) {
      const path = `/controllers/bots/${this.#bot}/${encodeURIComponent(part)}/config`
      const answer = await this.#api.post('control', path, { manual_kill_switch: isOn }, signal)
      if (isFailure(answer)) return { ...answer, reason: `the controller "${part}": ${answer.reason}` }
    }
    return { kind: 'asked' }
  }
}
