import type { Scene } from './scene.ts'

/** A behaviour of a server, as observed and as expected, the same on the model and on the real server. */
export interface Behaviour {
  /** A sentence. */
  readonly title: string
  readonly observe: (scene: Scene) => Promise<unknown>
  readonly expected: unknown
}
