import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'
import fakeTimers from '@sinonjs/fake-timers'
import { currentProcess } from './process.ts'

const afterMicrotasks = globalThis.setImmediate

/**
 * Virtual time for everything in this process: timers fire one by one when {@link step} is called, and no other time
 * passes. Only one can be installed at a time.
 */
export class VirtualClock {
  readonly #clock: ReturnType<typeof fakeTimers.install>
  readonly #start: number
  readonly #realRandom = Math.random
  readonly #realDelay = timersPromises.setTimeout

  /** @param now milliseconds since 1970 @param random replaces `Math.random` */
  constructor(now: number, random: () => number) {
    this.#start = now
    this.#clock = fakeTimers.install({
      now,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    })
    Math.random = random
    installOwnedTimers()
    timersPromises.setTimeout = delay as typeof timersPromises.setTimeout
    // The services import `setTimeout` of node:timers/promises by name.
    syncBuiltinESMExports()
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#clock.now - this.#start
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#clock.now
  }

  /** Runs everything that needs no timer. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      afterMicrotasks(resolve)
    })
  }

  /** Fires the next timer, and runs everything that follows from it without another timer. */
  async step(): Promise<void> {
    if (this.#clock.countTimers() === 0) throw new Error('nothing more can happen: no timer is left')
    this.#clock.next()
    await this.settle()
  }

  /** Restores real time; timers that have not fired never will. */
  uninstall(): void {
    this.#clock.uninstall()
    Math.random = this.#realRandom
    timersPromises.setTimeout = this.#realDelay
    syncBuiltinESMExports()
  }
}

/** Timers belong to the process that sets them. Virtual timers are objects, like Node's. */
function installOwnedTimers(): void {
  const { setTimeout: once, setInterval: often, clearTimeout: end } = globalThis
  const cleared = new WeakSet<object>()
  const owned =
    (set: typeof once) =>
    (work: (...given: unknown[]) => void, ms?: number, ...given: unknown[]): NodeJS.Timeout => {
      const owner = currentProcess()
      if (owner === null) return set(work, ms, ...given)
      const happen = () => {
        // A timer that fires while its process is stopped may be cleared before its work runs.
        if (!cleared.has(timer)) work(...given)
      }
      const timer = set(() => owner.ring(happen), ms)
      return timer
    }
  const clear = (timer: unknown) => {
    if (typeof timer === 'object' && timer !== null) cleared.add(timer)
    end(timer as NodeJS.Timeout)
  }
  globalThis.setTimeout = owned(once) as typeof setTimeout
  globalThis.setInterval = owned(often as typeof once) as unknown as typeof setInterval
  globalThis.clearTimeout = clear
  globalThis.clearInterval = clear
}

/** Like `setTimeout` of node:timers/promises. */
function delay<T>(ms?: number, value?: T, options: { readonly signal?: AbortSignal } = {}): Promise<T | undefined> {
  const { signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    }, ms)
    signal?.addEventListener('abort', abort)
  })
}
