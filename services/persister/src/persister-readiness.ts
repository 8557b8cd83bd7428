import { Readiness } from '@drawbridge/service-kit'

/** Ready while persistence is switched off, as that is what was asked for; but says so. */
export class PersisterReadiness extends Readiness {
  readonly #isOn: () => boolean

  constructor(isOn: () => boolean) {
    super()
    this.#isOn = isOn
  }

  override report(): ReturnType<Readiness['report']> {
    const { ready, checks } = super.report()
    return { ready, checks: { ...checks, persistence: this.#isOn() ? 'ok' : 'ok: persistence is switched off' } }
  }
}
