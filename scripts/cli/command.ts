import type { Program } from '@drawbridge/service-kit/program'

/** A command in the list of all: no other command's code is loaded to run it. */
export interface ListedCommand {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly load: () => Promise<Program>
}
