import { closedVerdict } from './closed-verdict.ts'
import type { ConnectorSetup } from './connector-setups.ts'
import { type Failure, isFailure } from './core/failure.ts'
import { remedyFor } from './core/remedies.ts'
import { faultOf } from './core/report-due.ts'
import { HttpCalls } from './outbound/http-calls.ts'
import { OpenedAccount } from './outbound/opened-account.ts'
import { Pace } from './outbound/pace.ts'
import { type Examination, type ReadAnswer, type Reading, stopsEntries } from './port.ts'

/** What a connector would see, without anything being reported or changed. */
export interface ConnectorExamination {
  readonly reading: Reading | Failed
  /** Null: the adapter examines nothing beyond the reading. */
  readonly otherSide: (Examination & { readonly clockOffsetMs: number | null }) | Failed | null
  /** Null: the account cannot be opened, as the reading says. */
  readonly canBlock: boolean | null
  readonly canClose: boolean | null
}

export interface Failed {
  readonly failed: Failure['kind']
  readonly reason: string
  readonly advice: string
}

const WITHIN_MS = 20_000

/** Reads the account once, and asks the other side what it tells of the key and of itself. */
export async function examineConnector(setup: ConnectorSetup, stopping: AbortSignal): Promise<ConnectorExamination> {
  const opened = openedFor(setup, stopping)
  try {
    const account = opened.get()
    if ('kind' in account) return { ...NOTHING, reading: failed(account) }
    const { flatten } = account
    const read = await opened.call<Exclude<ReadAnswer, Failure>>((one, signal) => one.readEquity(signal))
    const otherSide = await askOtherSide(opened)
    return { reading: readingIn(read), otherSide, canBlock: stopsEntries(account), canClose: flatten !== undefined }
  } finally {
    await opened.close()
  }
}

/** Whether a connector can stop entries on the other side, which is not asked; null: it is not told to, or cannot be opened. */
export async function canBlockOf(setup: ConnectorSetup): Promise<boolean | null> {
  if (!setup.config.acts) return null
  const opened = openedFor(setup, new AbortController().signal)
  const account = opened.get()
  await opened.close()
  return 'kind' in account ? null : stopsEntries(account)
}

function openedFor(setup: ConnectorSetup, stopping: AbortSignal): OpenedAccount {
  const { name, config, limits } = setup
  const pace = new Pace(limits)
  const surroundings = {
    name,
    trader: config.trader,
    marker: `drawbridge:${name}`,
    mayClose: false,
    dryRun: true,
    // Nothing is blocked.
    noteFile: '',
    http: new HttpCalls(pace),
    take: (kind: 'read' | 'control', signal: AbortSignal) => pace.take(kind, signal),
    now: () => Date.now(),
    wake: () => undefined,
    forwarded: () => undefined,
    verdict: closedVerdict,
  }
  return new OpenedAccount(setup.opening(surroundings), stopping, WITHIN_MS)
}

const NOTHING = { otherSide: null, canBlock: null, canClose: null } as const

function failed({ kind, reason, advice = remedyFor(kind).advice }: Failure): Failed {
  return { failed: kind, reason, advice }
}

function readingIn(answer: ReadAnswer | null): Reading | Failed {
  if (answer === null) return failed({ kind: 'unusable', reason: 'it tells no equity' })
  if (isFailure(answer)) return failed(answer)
  const fault = faultOf(answer.reading, [Date.now()], null)
  return fault === null ? answer.reading : failed({ kind: 'unusable', reason: fault })
}

async function askOtherSide(opened: OpenedAccount): Promise<ConnectorExamination['otherSide']> {
  const began = Date.now()
  const answer = await opened.examine()
  if (answer === null) return null
  if ('kind' in answer) return failed(answer)
  const { clock } = answer
  // Its clock was read in between; to the second, as HTTP tells it.
  const clockOffsetMs = clock === null ? null : Math.round(clock + 500 - (began + Date.now()) / 2)
  return { ...answer, clockOffsetMs }
}
