import { isLiteral, type Matcher, matcherOf } from './matching.ts'

export interface Subscription<Client> {
  readonly client: Client
  readonly sid: string
  readonly subject: string
  readonly matches: Matcher
  /** Only one subscriber of a group gets a message; null: no group. */
  readonly group: string | null
  delivered: number
  /** Messages to be delivered in all; null: no bound. */
  max: number | null
}

/** Who listens to what. */
export class Subscriptions<Client> {
  readonly #random: () => number
  readonly #byClient = new Map<Client, Map<string, Subscription<Client>>>()
  readonly #literal = new Map<string, Set<Subscription<Client>>>()
  readonly #wild = new Set<Subscription<Client>>()

  /** @param random from 0 to below 1: chooses who of a group hears a message */
  constructor(random: () => number) {
    this.#random = random
  }

  add(client: Client, sid: string, subject: string, group: string | null): void {
    const matches = matcherOf(subject)
    const subscription: Subscription<Client> = { client, sid, subject, matches, group, delivered: 0, max: null }
    const own = this.#byClient.get(client)
    if (own === undefined) this.#byClient.set(client, new Map([[sid, subscription]]))
    else own.set(sid, subscription)
    if (!isLiteral(subject)) this.#wild.add(subscription)
    else {
      const others = this.#literal.get(subject)
      if (others === undefined) this.#literal.set(subject, new Set([subscription]))
      else others.add(subscription)
    }
  }

  /** @param max null: at once; else after this many deliveries in total */
  end(client: Client, sid: string, max: number | null): void {
    const subscription = this.#byClient.get(client)?.get(sid)
    if (subscription === undefined) return
    subscription.max = max
    if (max === null || subscription.delivered >= max) this.#remove(subscription)
  }

  endAll(client: Client): void {
    for (const subscription of this.#byClient.get(client)?.values() ?? []) this.#remove(subscription)
    this.#byClient.delete(client)
  }

  any(subject: string): boolean {
    if (this.#literal.has(subject)) return true
    for (const subscription of this.#wild) if (subscription.matches(subject)) return true
    return false
  }

  /** Delivers to each subscriber, to one of each group, or to `only` one of them. False: there is no subscriber. */
  deliver(subject: string, give: (subscription: Subscription<Client>) => void, only?: Client): boolean {
    let heard = false
    const giveTo = (subscription: Subscription<Client>) => {
      if (only !== undefined && subscription.client !== only) return
      heard = true
      subscription.delivered += 1
      give(subscription)
      if (subscription.max !== null && subscription.delivered >= subscription.max) this.#remove(subscription)
    }
    const groups = new Map<string, Subscription<Client>[]>()
    const offer = (subscription: Subscription<Client>) => {
      const { group } = subscription
      if (group === null) giveTo(subscription)
      else groups.set(group, [...(groups.get(group) ?? []), subscription])
    }
    for (const subscription of this.#literal.get(subject) ?? []) offer(subscription)
    for (const subscription of this.#wild) if (subscription.matches(subject)) offer(subscription)
    for (const members of groups.values()) {
      const chosen = members[Math.floor(this.#random() * members.length)]
      if (chosen !== undefined) giveTo(chosen)
    }
    return heard
  }

  #remove(subscription: Subscription<Client>): void {
    const { client, sid, subject } = subscription
    this.#byClient.get(client)?.delete(sid)
    this.#wild.delete(subscription)
    const others = this.#literal.get(subject)
    others?.delete(subscription)
    if (others?.size === 0) this.#literal.delete(subject)
  }
}
