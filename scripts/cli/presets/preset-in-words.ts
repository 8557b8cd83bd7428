import { formatAmount, limitsToMessage } from '@drawbridge/contracts'
import { limitInWords } from '@drawbridge/risk-engine'
import { alignedRows } from '@drawbridge/service-kit/program'
import type { Preset } from '@drawbridge/settings'
import type { LimitOfAccount } from './floors.ts'

/** A preset for people: what it holds, its floors, its long form, and where it comes from. */
export function presetInWords(preset: Preset, balance: string, lines: readonly LimitOfAccount[]): string {
  const { name, title, about, covers, doesNotCover, conflicts, sources, note } = preset
  return [
    `${name}: ${title}`,
    about,
    ...section('In words', [
      ...lines.flatMap(({ limit }) => [`${limit.name}`, ...limitInWords(limit).map((sentence) => `  ${sentence}`)]),
      dayInWords(preset),
      ...hoursInWords(preset),
    ]),
    '',
    `For an account that begins with ${balance}`,
    ...alignedRows([['limit', 'line', 'room', 'entries are blocked from'], ...lines.map(rowOf)]),
    ...section('In the long form, as "limits" of a trader in config.json', longFormOf(preset).split('\n')),
    ...section('Covers', covers),
    ...section('Does not cover', doesNotCover),
    ...section('Where sources conflict', conflicts),
    ...section(
      'Sources',
      sources.map(
        ({ address, read, remark }) => `${address} (read ${read})${remark === undefined ? '' : ` ${remark}`}`,
      ),
    ),
    '',
    `In config.json: "traders": {"bot1": {"preset": "${name}"}}. ${note}`,
  ].join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function dayInWords({ limits }: Preset): string {
  const { resetTime = '00:00', resetTimeZone = 'UTC' } = limits
  return `A day begins at ${resetTime}, ${resetTimeZone}.`
}

function hoursInWords({ limits: { sessions = null } }: Preset): readonly string[] {
  if (sessions === null) return []
  const { zone, hours, blockEntries } = sessions
  const outside = blockEntries ? 'entries are blocked, and silence is not judged' : 'silence is not judged'
  return [`Its hours are ${hours.join(', ')}, ${zone}. Outside of them ${outside}.`]
}

function rowOf({ limit, state, tested }: LimitOfAccount): readonly string[] {
  const { line, blocksAt, uncomputable, active } = state
  if (!active) return [limit.name, 'begins after a profit', '', '']
  if (line === null || tested === null) return [limit.name, uncomputable ?? 'not known', '', '']
  const room = limit.measure === 'loss' ? tested - line : line - tested
  return [limit.name, formatAmount(line), formatAmount(room), blocksAt === null ? 'never' : formatAmount(blocksAt)]
}

export function longFormOf({ limits }: Preset): string {
  return JSON.stringify(limitsToMessage(limits), null, 2)
}

/** The same for programs. */
export function presetForPrograms(preset: Preset, balance: string, lines: readonly LimitOfAccount[]): object {
  const { limits, exampleBalance, ...rest } = preset
  return {
    ...rest,
    limits: limitsToMessage(limits),
    exampleBalance,
    balance,
    lines: lines.map(({ limit, state: { line, blocksAt, uncomputable, active } }) => ({
      limit: limit.name,
      measure: limit.measure,
      line: line === null ? null : formatAmount(line),
      blocksAt: blocksAt === null ? null : formatAmount(blocksAt),
      active,
      uncomputable,
      words: limitInWords(limit),
    })),
  }
}
