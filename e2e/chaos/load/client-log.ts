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

/** What the client of a run keeps of it, for the checker. */
export class ClientLog {
  readonly ticks: SentTick[] = []
  readonly commands: AnsweredCommand[] = []
  readonly looks: Look[] = []
  readonly exits: ExitAnswer[] = []
  readonly heard: EventFacts[] = []
  readonly reportedMissing: MissingVersions[] = []
  readonly lostInputs: LostInputs[] = []
  /** Of an INPUTS that was deleted for a repair. */
  readonly keptInputs: Input[] = []
  /** What is added to the sequences of INPUTS by now; null: not known, a repair is under way. */
  inputsOffset: number | null = 0
  /** Exits that were answered with yes. */
  exitsAllowed = 0

  record(traderKilledAt: readonly number[]): ClientRecord {
    const { ticks, commands, looks, exits, heard, reportedMissing, lostInputs } = this
    return { ticks, commands, looks, exits, heard, traderKilledAt, reportedMissing, lostInputs }
  }
}
