import { LIMIT_PARAMETERS } from '@drawbridge/contracts'
import { COMMON_FIELDS, SECTIONS, type Setting, TraderSchema } from '@drawbridge/settings'
import { markdownTable } from '../markdown-table.ts'

const TITLES = ['config.json', 'variable', 'what', 'value', 'default'] as const
const TRADER_WORDS: Readonly<Record<string, readonly [about: string, fallback: string]>> = {
  source: [
    'The source of the equity: a bot, a file of daily bars, or the [sum of other traders](groups.md).',
    '`"http"`',
  ],
  strategy: ['How the paper account of a replay trades.', 'none; a replay requires one'],
  file: ['The bars of a replay.', 'S&P 500 from 2000 on'],
  units: ['What the paper account buys.', '`100`'],
  of: ['The members of a sum: traders of this file.', 'none; a sum requires them'],
  settle_ms: [
    'The sum is taken when every member has reported since the last time, or so long after the first that has.',
    '`5000`',
  ],
  obeys: ['Its gate opens only while the gates of these traders are open, too.', 'none'],
  preset: ['Limits of a firm, under those of this trader: [presets](../presets/README.md).', 'none'],
  limits: ['Limits of this trader alone; the others are those above.', 'none'],
  group: ['The group of accounts that it belongs to, as the console shows it.', 'none'],
  tags: ['Words that the console groups and finds it by.', 'none'],
  paper: ['Whether its money is not real: the console keeps these apart.', '`false`; `true` of a replay'],
}
const CONNECTOR_WORDS: Readonly<Record<keyof typeof COMMON_FIELDS, readonly [about: string, fallback: string]>> = {
  adapter: ['What it connects to; its [page](connect/README.md) has the fields of its own.', 'required'],
  trader: ['Whose equity it reports, and whose decisions it makes true.', 'the name of the connector'],
  every_seconds: [
    'From one reading to the next; never longer than a third of `stale_after_seconds`.',
    '5 to 15, by the adapter',
  ],
  reads: ['Whether it reports the equity: one connector of a trader does.', '`true`'],
  acts: ['Whether it blocks entries on the other side, and allows them again.', '`true`'],
  may_close: ['Whether it may close positions where a limit says `flatten`.', '`false`'],
  dry_run: ['Whether it only says what it would report and do.', '`false`'],
}

/** Every setting of the code, a table for each group of them. */
export function settingTables(): string {
  const groups = Object.entries(SECTIONS).map(([title, settings]) =>
    section(title, Object.values(settings).map(settingRow)),
  )
  return [
    ...groups,
    section('One of the traders', Object.entries(TraderSchema.properties).map(traderRow)),
    section('One of the connectors', Object.entries(COMMON_FIELDS).map(connectorRow)),
    section('A limit in the long form', Object.values(LIMIT_PARAMETERS).map(parameterRow)),
  ].join('\n\n')
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const used = TITLES.map((_, column) => rows.some((row) => row[column] !== ''))
  const cells = [TITLES, ...rows].map((row) => row.filter((_, column) => used[column]))
  return `### ${title}\n\n${markdownTable(cells)}`
}

function settingRow({ file, original, variable, secret, about, schema, fallback, fallbackWords }: Setting<unknown>) {
  const places = [file, original].filter((place) => typeof place === 'string').map(code)
  const variables = variable === null ? [] : secret === true ? [variable, `${variable}_FILE`] : [variable]
  return [
    places.join(' or '),
    variables.map(code).join(' or '),
    about,
    wordsOf(schema),
    fallbackWords ?? code(String(fallback)),
  ]
}

function traderRow([name, schema]: [string, object]) {
  const [about, fallback] = TRADER_WORDS[name] ?? ['', '']
  return [code(`traders.<id>.${name}`), '', about, wordsOf(schema), fallback]
}

function connectorRow([name, schema]: [string, object]) {
  const [about, fallback] = CONNECTOR_WORDS[name as keyof typeof COMMON_FIELDS]
  return [code(`connectors.<name>.${name}`), '', about, wordsOf(schema), fallback]
}

/** What it is says the default, too. */
function parameterRow({ name, about, value }: (typeof LIMIT_PARAMETERS)[keyof typeof LIMIT_PARAMETERS]) {
  return [code(`limits.limits.<name>.${name}`), '', about, value.words.replaceAll('|', '\\|'), '']
}

function wordsOf(schema: object): string {
  return (schema as { description?: string }).description?.replaceAll('|', '\\|') ?? ''
}

function code(text: string): string {
  return `\`${text}\``
}
