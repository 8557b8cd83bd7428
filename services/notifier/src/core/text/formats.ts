import type { Instant, Language } from '@drawbridge/contracts'

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }
const CODE = /^[A-Z]{3}$/
/** Beyond cents, digits are shown as they are; of money there are two at least. */
const DIGITS_MAX = 8

/** Writes amounts and times as readers of a language do. */
export class Formats {
  readonly #locale: string
  readonly #zone: string

  constructor(language: Language, zone: string) {
    this.#locale = LOCALES[language]
    this.#zone = zone
  }

  /** @param amount a decimal string; every digit is kept */
  money(amount: string, currency: string | undefined): string {
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: DIGITS_MAX }
    if (currency !== undefined && CODE.test(currency)) {
      return this.#number(amount, { style: 'currency', currency, ...digits })
    }
    return [this.#number(amount, digits), currency].filter((part) => part !== undefined).join(' ')
  }

  /** Cut to hundredths, so that 4.999 % is never told as 5 %. */
  percent(amount: string): string {
    const number = this.#number(amount, { maximumFractionDigits: 2, roundingMode: 'trunc' })
    return `${number} %`
  }

  count(whole: number): string {
    return this.#number(String(whole), {})
  }

  /** With the zone. */
  time(at: Instant): string {
    const form = new Intl.DateTimeFormat(this.#locale, {
      timeZone: this.#zone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
    return form.format(at)
  }

  #number(amount: string, options: Intl.NumberFormatOptions): string {
    // A string keeps digits that a number would lose.
    return new Intl.NumberFormat(this.#locale, options).format(amount as unknown as number)
  }
}
