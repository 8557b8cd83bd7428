import type {
  AnsweredCommand,
  ClientRecord,
  EventFacts,
  ExitAnswer,
  Input,
  Look,
  LostInputs,
  MissingVersions,
  SentTick,
} from '../check/evidence.ts'

/** The client's record of a run, for the checker. */
export class ClientLog {
  readonly ticks: SentTick[] = []
  readonly commands: AnsweredCommand[] = []
  readonly looks: Look[] = []
  readonly exits: ExitAnswer[] = []
  readonly heard: EventFacts[] = []
  readonly reportedMissing: MissingVersions[] = []
  readonly lostInputs: LostInputs[] = []
  /** Inputs of an INPUTS that was deleted for a repair. */
  readonly keptInputs: Input[] = []
  /** The present offset of the sequences of INPUTS; null: unknown, during a repair. */
  inputsOffset: number | null = 0
  /** Exits that were answered with yes. */
  exitsAllowed = 0

  record(traderKilledAt: readonly number[]): ClientRecord {
    const { ticks, commands, looks, exits, heard, reportedMissing, lostInputs } = this
    return { ticks, commands, looks, exits, heard, traderKilledAt, reportedMissing, lostInputs }
  }
}
