import type { Outgoing } from './channels/channel.ts'
import { type Attempt, retryAfterMs } from './core/retry.ts'
import { KEEP_EVERY_MS, type Waiting } from './waiting.ts'

/** A message that some of its recipients have. */
export interface PartlySent {
  readonly outgoing: Outgoing
  /** What it tells. It is not recorded, so that a notifier that ends meanwhile loses it for nobody. */
  readonly waiting: readonly Waiting[]
  /** How many times it was tried, for whomever. */
  readonly attempts: number
  readonly result: Extract<Attempt, { kind: 'sent' }>
}

export interface LeftRecipientsParts {
  /** Null: the notifier ended meanwhile. */
  readonly send: (outgoing: Outgoing, signal: AbortSignal) => Promise<Attempt | null>
  readonly isTooOld: (outgoing: Outgoing) => boolean
  /** Records what became of a message. */
  readonly finish: (sent: PartlySent) => Promise<void>
  readonly now: () => number
}

/** So many notices may wait for recipients; of what comes on top, the oldest is given up for those who are left. */
const NOTICES_MAX = 1_000
const REFUSED_FOR_NOW = { kind: 'failed', reason: '', afterMs: null, maybeSent: false } as const

/** Recipients of one channel who are tried again, while others get what comes next, and nothing twice. */
export class LeftRecipients {
  readonly #parts: LeftRecipientsParts
  /** In the order in which they were sent first, unless some are tried again. */
  #messages: readonly (PartlySent & { readonly due: number })[] = []

  constructor(parts: LeftRecipientsParts) {
    this.#parts = parts
  }

  async add(sent: PartlySent): Promise<void> {
    const due = this.#parts.now() + retryAfterMs(REFUSED_FOR_NOW, sent.attempts)
    this.#messages = [...this.#messages, { ...sent, due }]
    while (this.#messages.reduce((sum, { waiting }) => sum + waiting.length, 0) > NOTICES_MAX) {
      const [oldest, ...others] = this.#messages
      this.#messages = others
      if (oldest !== undefined) await this.#giveUp(oldest)
    }
  }

  /** Sends what is due to those alone who are left. */
  async tryDue(signal: AbortSignal): Promise<void> {
    const { send, isTooOld, finish, now } = this.#parts
    for (const one of this.#messages.filter(({ due }) => due <= now())) {
      if (signal.aborted) return
      const { outgoing, waiting, result } = one
      const attempt = await send({ ...outgoing, only: result.left ?? [], now: now() }, signal)
      if (attempt === null) return
      this.#messages = this.#messages.filter((other) => other !== one)
      const attempts = one.attempts + 1
      const isSent = attempt.kind === 'sent'
      const left = (isSent ? attempt : result).left ?? []
      const sent = { outgoing, waiting, attempts, result: { ...result, ...(isSent ? attempt : {}), left } }
      if (left.length === 0) await finish(sent)
      else if (attempt.kind === 'refused' || isTooOld(outgoing)) await this.#giveUp(sent)
      else await this.add(sent)
    }
  }

  /** Whether a notice that was delivered again is one of these, so that it is not sent to everybody. */
  has(again: Waiting): boolean {
    const isThis = ({ id }: Waiting) => id === again.id
    const found = this.#messages.some(({ waiting }) => waiting.some(isThis))
    const replaced = (one: Waiting) => (isThis(one) ? again : one)
    if (found) this.#messages = this.#messages.map((one) => ({ ...one, waiting: one.waiting.map(replaced) }))
    return found
  }

  /** Keeps the server from delivering them again. @returns how to end that */
  keep(): () => void {
    const timer = setInterval(() => {
      for (const { waiting } of this.#messages) for (const { delivered } of waiting) delivered.keep()
    }, KEEP_EVERY_MS)
    return () => clearInterval(timer)
  }

  #giveUp(sent: PartlySent): Promise<void> {
    const { result } = sent
    const missed = `recipients who never took it: ${result.left?.length ?? 0}`
    return this.#parts.finish({ ...sent, result: { ...result, missed } })
  }
}
