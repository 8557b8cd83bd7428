import { type Failure, isFailure } from '../../core/failure.ts'
import type { BlockAnswer, UnblockAnswer } from '../../port.ts'
import { type FreqtradeApi, type Read, readAnswer } from './freqtrade-api.ts'
import { isFields } from './read-shapes.ts'

/**
 * Blocks entries of a freqtrade whose API sets no locks, as before 2024: by a pattern of all pairs in its blacklist. The
 * pattern begins with a comment that says whose it is. A restart of freqtrade forgets it, until it is looked at again.
 */
export class Blacklist {
  readonly #api: FreqtradeApi
  readonly #pattern: string

  constructor(api: FreqtradeApi, marker: string) {
    this.#api = api
    this.#pattern = `(?#${marker}).*`
  }

  async block(signal: AbortSignal): Promise<BlockAnswer> {
    const standing = await this.#api.get('/blacklist', blacklistIn, signal, 'act')
    if (isFailure(standing)) return standing
    if (standing.value.includes(this.#pattern)) return { kind: 'blocked', until: null, changed: false }
    const body = { blacklist: [this.#pattern] }
    const added = this.#read(await this.#api.call('POST', '/blacklist', signal, { kind: 'act', body }))
    if (isFailure(added)) return added
    return added.value.includes(this.#pattern)
      ? { kind: 'blocked', until: null, changed: true }
      : { kind: 'unusable', reason: 'it answers as if all pairs were blacklisted, and does not list them' }
  }

  async unblock(signal: AbortSignal): Promise<UnblockAnswer> {
    const standing = await this.#api.get('/blacklist', blacklistIn, signal, 'act')
    if (isFailure(standing)) return standing
    if (!standing.value.includes(this.#pattern)) return { kind: 'unblocked', changed: false }
    const path = `/blacklist?pairs_to_delete=${encodeURIComponent(this.#pattern)}`
    const left = this.#read(await this.#api.call('DELETE', path, signal, { kind: 'act' }))
    return isFailure(left) ? left : { kind: 'unblocked', changed: true }
  }

  #read(answer: Parameters<typeof readAnswer>[0]): Read<readonly string[]> | Failure {
    return readAnswer(answer, '/blacklist', blacklistIn)
  }
}

function blacklistIn(body: unknown): readonly string[] | null {
  if (!isFields(body) || !Array.isArray(body.blacklist)) return null
  return body.blacklist.filter((one): one is string => typeof one === 'string')
}
