import type {
  AnsweredCommand,
  ClientRecord,
  EventFacts,
  ExitAnswer,
  Look,
  MissingVersions,
  SentTick,
} from '../check/evidence.ts'

/** What the client of a run keeps of it, for the checker. */
export class ClientLog {
  readonly ticks: SentTick[] = []
  readonly commands: AnsweredCommand[] = []
  readonly looks: Look[] = []
  readonly exits: ExitAnswer[] = []
  readonly heard: EventFacts[] = []
  readonly reportedMissing: MissingVersions[] = []
  /** Exits that were answered with yes. */
  exitsAllowed = 0

  record(traderKilledAt: readonly number[]): ClientRecord {
    const { ticks, commands, looks, exits, heard, reportedMissing } = this
    return { ticks, commands, looks, exits, heard, traderKilledAt, reportedMissing }
  }
}
