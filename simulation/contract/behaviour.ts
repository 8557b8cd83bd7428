import type { Scene } from './scene.ts'

/** Something that a server does: what is seen of it, and what is to be seen, on the model as on the real one. */
export interface Behaviour {
  /** A sentence. */
  readonly title: string
  readonly observe: (scene: Scene) => Promise<unknown>
  readonly expected: unknown
}
