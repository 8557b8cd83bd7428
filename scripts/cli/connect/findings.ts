import type { ConnectorExamination, Failed } from '@drawbridge/connector'
import type { Limits } from '@drawbridge/contracts'
import type { ConnectorConfig } from '@drawbridge/settings'
import { type Finding, fault, ok, warning } from '../doctor/finding.ts'

/** Signatures of requests are refused by most exchanges when clocks differ by more. */
const CLOCK_WARN_MS = 2_000
const CLOCK_FAULT_MS = 30_000

/** What is right and wrong with a connector, and what mends it. */
export function findingsOn(
  { reading, otherSide, canBlock, canClose }: ConnectorExamination,
  { reads, acts, mayClose }: ConnectorConfig,
  { staleAfterSeconds, currency, netDeposits }: Pick<Limits, 'staleAfterSeconds' | 'currency' | 'netDeposits'>,
): readonly Finding[] {
  const findings: Finding[] = []
  // Without the account nothing is known of it, also where it is not read.
  if (canBlock === null && 'failed' in reading) findings.push(failedFinding('account', reading))
  else if (reads) findings.push(...onReading(reading, currency, netDeposits))
  if (reads && staleAfterSeconds === null) {
    const advice = 'remove "stale_after_seconds": null of this trader, so that entries are blocked then'
    findings.push(warning('silence', 'nobody notices when this account reports no more', advice))
  }
  const isSilent = otherSide === null ? reads && 'failed' in reading : 'failed' in otherSide
  if (acts) findings.push(onBlocking(canBlock, isSilent))
  if (mayClose && canClose === false) {
    findings.push(
      warning('closing', 'this adapter cannot close positions', 'remove "may_close", and close them yourself'),
    )
  }
  if (otherSide === null) return findings
  if ('failed' in otherSide) return [...findings, failedFinding('other side', otherSide)]
  const { rights, clockOffsetMs, notes } = otherSide
  findings.push(...onRights(rights, mayClose))
  if (clockOffsetMs !== null) findings.push(onClock(clockOffsetMs))
  return [...findings, ...notes.map((note) => warning('note', note, ''))]
}

function failedFinding(check: string, { failed, reason, advice }: Failed): Finding {
  return fault(check, `${failed}: ${reason}`, advice)
}

function onReading(
  reading: ConnectorExamination['reading'],
  currency: string | null,
  countsDeposits: boolean,
): readonly Finding[] {
  if ('failed' in reading) return [failedFinding('equity', reading)]
  const findings = [ok('equity', 'read')]
  if (currency !== null && currency !== reading.currency) {
    const found = `it counts in ${reading.currency}, and the account in ${currency}`
    findings.push(fault('currency', found, `set the limit "currency" of this trader to "${reading.currency}"`))
  }
  if (countsDeposits && reading.netDeposits === undefined) {
    const advice =
      'set "net_deposits": false for this trader, and record deposits with: npm run drawbridge -- cash-flow'
    findings.push(fault('deposits', 'net_deposits is on, and this reading has none', advice))
  }
  return findings
}

/** @param isSilent whether the other side gave no answer that can be used */
function onBlocking(canBlock: boolean | null, isSilent: boolean): Finding {
  if (canBlock === null) {
    const advice = 'mend what is said of the account, and check again'
    return warning('blocking', 'unknown until the account can be opened', advice)
  }
  if (canBlock && isSilent) {
    const advice = 'mend what is said of the other side, and check again'
    return warning('blocking', 'unknown until the other side answers', advice)
  }
  if (canBlock) return ok('blocking', 'it can block entries there')
  return warning(
    'blocking',
    'nothing can be blocked there: it only reads',
    'have the bot ask before each entry (docs/connect), or set "acts": false so that this is said',
  )
}

type Rights = { readonly read: boolean | null; readonly trade: boolean | null; readonly withdraw: boolean | null }

function onRights({ read, trade, withdraw }: Rights, mayClose: boolean): readonly Finding[] {
  const findings: Finding[] = []
  if (read === false) findings.push(fault('right to read', 'the key may not read the account', 'give it that right'))
  if (withdraw === true) {
    const advice = 'make a key without that right, and delete this one: a connector never needs it'
    findings.push(warning('right to withdraw', 'the key may withdraw money', advice))
  }
  if (withdraw === null) {
    findings.push(
      warning('right to withdraw', 'the other side does not tell', 'see there that the key may not withdraw'),
    )
  }
  if (mayClose && trade === false) {
    findings.push(
      fault('right to trade', 'the key may not trade, and may_close is set', 'give it that right, or remove may_close'),
    )
  }
  return findings
}

function onClock(offsetMs: number): Finding {
  const seconds = `${(Math.abs(offsetMs) / 1_000).toFixed(1)} s`
  const found = `${seconds} ${offsetMs < 0 ? 'behind' : 'ahead of'} ours`
  const advice = 'synchronize the clock of this machine, for example with chrony'
  if (Math.abs(offsetMs) > CLOCK_FAULT_MS) return fault('clock', found, advice)
  return Math.abs(offsetMs) > CLOCK_WARN_MS ? warning('clock', found, advice) : ok('clock', found)
}
