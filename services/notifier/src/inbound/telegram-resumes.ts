import { randomInt } from 'node:crypto'
import { ALL_HOLDER, type Hold, limitOfHolder, type Pause, parseTraderId, type TraderId } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { TelegramConfig } from '../channels/telegram.ts'
import { CODE_LASTS_MS, giveCode, NO_CODES, pauseId, type ResumeCodes, redeem } from '../core/resume-codes.ts'
import { fillPlain, wordsOf } from '../core/text/message.ts'
import type { Words } from '../core/text/wording.ts'
import type { ResumeOutcome, Resumer } from '../outbound/resumer.ts'

export interface TelegramResumesParts {
  readonly config: Pick<TelegramConfig, 'name' | 'language' | 'mayResume'>
  readonly resumer: Pick<Resumer, 'pauseOf' | 'resume'>
  readonly log: Logger
  readonly now: () => number
  /** A fresh code, which nobody can guess. */
  readonly newCode?: () => string
}

/** In a group a command names its bot. */
const COMMAND = /^\/resume(?:@(\w+))?(?:\s+(\S+))?(?:\s+(\S+))?\s*$/
/** So many holders one command can name. */
const HOLDERS_MAX = 16
const sixDigits = () => String(randomInt(1_000_000)).padStart(6, '0')

/**
 * Resumes a trader in two steps: `/resume <trader>` is answered with a code, and `/resume <trader> <code>` ends what paused it
 * when the code was given. Codes are remembered by this process alone: after a restart, another one is asked for.
 */
export class TelegramResumes {
  readonly #parts: TelegramResumesParts
  readonly #words: Words['resuming']
  #codes: ResumeCodes = NO_CODES

  constructor(parts: TelegramResumesParts) {
    this.#parts = parts
    this.#words = wordsOf(parts.config.language).resuming
  }

  /** What a person is answered; null: nothing, as it is no such command, or one for another bot, or the person may not. Never throws. */
  async answer(user: number, text: string, ownBot: string | null): Promise<string | null> {
    const [isCommand, bot, trader, code] = COMMAND.exec(text) ?? []
    if (isCommand === undefined) return null
    if (bot !== undefined && bot.toLowerCase() !== ownBot?.toLowerCase()) return null
    const { config, log } = this.#parts
    if (!config.mayResume.includes(user)) {
      log.warn({ channel: config.name, user }, 'a resume of somebody who may not resume is ignored')
      return null
    }
    if (trader === undefined || !parseTraderId(trader).ok) return this.#words.usage
    try {
      return code === undefined ? await this.#give(user, trader) : await this.#use(user, trader, code)
    } catch (error) {
      log.warn({ err: error, trader }, 'no guardian says whether a trader is paused')
      return this.#words.nobodyAnswers
    }
  }

  async #give(user: number, trader: TraderId): Promise<string> {
    const { resumer, now, newCode = sixDigits } = this.#parts
    const pause = await resumer.pauseOf(trader)
    if (pause === 'unknown-trader') return fillPlain(this.#words.unknownTrader, { trader })
    if (pause === null) return fillPlain(this.#words.notPaused, { trader })
    if (pause.holds.length > HOLDERS_MAX) return fillPlain(this.#words.tooManyHolders, { trader })
    const code = newCode()
    const codes = giveCode(this.#codes, { user, trader, pause: pauseId(pause), code, now: now() })
    if (codes === null) return this.#words.tooOften
    this.#codes = codes
    const holders = pause.holds.map(({ holder }) => holder).join(', ')
    return fillPlain(this.#words.code, { trader, holders, code, minutes: CODE_LASTS_MS / 60_000 })
  }

  async #use(user: number, trader: TraderId, code: string): Promise<string> {
    const { resumer, log, now } = this.#parts
    const before = this.#codes
    const { codes, redeemed } = redeem(before, { user, trader, code, now: now() })
    this.#codes = codes
    if (redeemed.kind === 'none') return fillPlain(this.#words.noCode, { trader })
    if (redeemed.kind === 'wrong') return fillPlain(this.#words.wrongCode, { triesLeft: redeemed.triesLeft })
    const pause = await resumer.pauseOf(trader).catch((error: unknown) => {
      // Nothing was asked for yet: the same code is good again.
      this.#codes = before
      throw error
    })
    if (pause === null || pause === 'unknown-trader') return fillPlain(this.#words.notPaused, { trader })
    if (pauseId(pause) !== redeemed.pause) return fillPlain(this.#words.changed, { trader })
    const holders = pause.holds.map(({ holder }) => holder)
    const by = `telegram:${user}`
    const outcome = await resumer.resume({ trader, holders, by, reason: 'one-time code in Telegram' })
    log.info({ trader, by, holders, outcome }, 'a resume was asked for in a chat')
    if (outcome.kind !== 'refused') return this.#outcomeInWords(trader, by, outcome)
    const current = await resumer.pauseOf(trader)
    if (current === null || current === 'unknown-trader') return fillPlain(this.#words.notPaused, { trader })
    if (pauseId(current) !== redeemed.pause) return fillPlain(this.#words.changed, { trader })
    return this.#refusalInWords(trader, current, outcome.reason)
  }

  #outcomeInWords(trader: TraderId, by: string, outcome: Exclude<ResumeOutcome, { kind: 'refused' }>): string {
    const { config } = this.#parts
    const words = this.#words
    switch (outcome.kind) {
      case 'resumed': {
        const { stillHeld, stillBlocked } = outcome.still
        if (stillHeld !== undefined) return fillPlain(words.stillPaused, { trader, holders: stillHeld.join(', ') })
        if (stillBlocked === undefined) return fillPlain(words.resumed, { trader, by })
        return fillPlain(words.stillBlocked, { trader, doubt: wordsOf(config.language).doubts[stillBlocked] })
      }
      case 'undecided':
        return fillPlain(this.#words.undecided, { trader })
      default:
        return outcome satisfies never
    }
  }

  /** Why a guardian refuses, as a reader of the chat needs it. @param reason its own words, in English */
  #refusalInWords(trader: TraderId, { holds }: Pause, reason: string): string {
    const words = this.#words
    if (holds.some(({ holder }) => holder === ALL_HOLDER)) return fillPlain(words.refusedAll, { trader })
    const firm = holds.filter(({ firmUntil }) => firmUntil !== null && firmUntil > this.#parts.now())
    const named = (some: readonly Hold[]) => some.map(({ holder }) => limitOfHolder(holder) ?? holder).join(', ')
    if (firm.length > 0) return fillPlain(words.refusedFirm, { trader, holders: named(firm) })
    const limits = holds.filter(({ holder }) => limitOfHolder(holder) !== null)
    if (limits.length > 0) return fillPlain(words.refusedLimit, { trader, limits: named(limits) })
    return fillPlain(words.refused, { trader, reason })
  }
}
