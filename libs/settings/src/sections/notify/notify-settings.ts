import {
  LANGUAGES,
  type Language,
  nearestName,
  type Parsed,
  parsed,
  type QuietHours,
  type Route,
  refused,
  type TraderId,
} from '@drawbridge/contracts'
import Type from 'typebox'
import { isObject, readSettings, type Source } from '../read-settings.ts'
import { address, randomKey } from '../service-settings.ts'
import { choice, type Setting, type Settings, text } from '../setting.ts'
import type { TraderConfig } from '../trader-settings.ts'
import { type ChannelConfig, readChannel } from './channel-settings.ts'
import { readRoute } from './route-settings.ts'

/** Who is told what, and how. */
export interface NotifyConfig {
  readonly host: string
  readonly port: number
  /** None: there is no notifier. */
  readonly channels: readonly ChannelConfig[]
  readonly routes: readonly Route[]
  readonly quietHours: QuietHours | null
  /** Minutes between two repetitions of an alert that nobody acknowledges; the last one stays. */
  readonly repeatMinutes: readonly number[]
  readonly language: Language
  readonly zone: string
  /** The address of the console for people; null: messages have no links. */
  readonly consoleUrl: string | null
  /** A file with the address that is asked each minute, which tells somebody when that ends. */
  readonly heartbeatFile: string | null
  /** The seed of the user of NATS by which people resume in Telegram; null: that of the notifier. */
  readonly resumeSeedFile: string | null
  /** Signs links that acknowledge; null: messages have none. */
  readonly linkKey: string | null
}

const REPEAT_MINUTES = [5, 15, 60, 240] as const
const CHANNEL_NAME = /^[a-z][a-z0-9_-]{0,31}$/
const CHANNELS_MAX = 32
const ROUTES_MAX = 100
const TIME = '^([01]\\d|2[0-3]):[0-5]\\d$'

const quietHours: Setting<{ readonly from: string; readonly until: string } | null> = {
  file: 'notify.quiet_hours',
  variable: null,
  about: 'When only what is critical is told at once; the rest is told at their end.',
  schema: Type.Union(
    [
      Type.Null(),
      Type.Object(
        { from: Type.String({ pattern: TIME }), until: Type.String({ pattern: TIME }) },
        { additionalProperties: false },
      ),
    ],
    { description: 'null or an object like {"from": "22:00", "until": "07:00"}' },
  ),
  fromText: () => refused('belongs in config.json'),
  fallback: null,
  fallbackWords: 'none',
}

const repeatMinutes: Setting<readonly number[]> = {
  file: 'notify.repeat_minutes',
  variable: null,
  about: 'Minutes until an alert that nobody acknowledges is repeated; the last one counts for all that follow.',
  schema: Type.Array(Type.Integer({ minimum: 1, maximum: 10_080 }), {
    maxItems: 20,
    description: 'a list of whole minutes like [5, 15, 60]; [] repeats nothing',
  }),
  fromText: () => refused('belongs in config.json'),
  fallback: REPEAT_MINUTES,
}

const inFile = (field: string, about: string, description: string, kind: 'object' | 'list', fallbackWords: string) => ({
  file: `notify.${field}`,
  variable: null,
  about,
  schema: kind === 'object' ? Type.Object({}, { description }) : Type.Array(Type.Unknown(), { description }),
  fromText: (): Parsed<unknown> => refused('belongs in config.json'),
  fallback: kind === 'object' ? {} : null,
  fallbackWords,
})

export const notifySettings = {
  ...address('notify', 'NOTIFIER', 'notifier', 8085),
  channels: inFile(
    'channels',
    'Where messages go, by name.',
    'an object of channels by name',
    'object',
    'none: nobody is told',
  ),
  routes: inFile(
    'routes',
    'Which messages go to which channels.',
    'a list of {to, ...}',
    'list',
    'warnings and worse, to every channel',
  ),
  quietHours,
  repeatMinutes,
  language: choice<Language>({
    file: 'notify.language',
    variable: null,
    about: 'The language of messages, where a channel names no other.',
    choices: [...LANGUAGES],
    fallback: 'en',
  }),
  zone: text<string>({
    file: 'notify.zone',
    variable: null,
    about: 'The time zone of times in messages, and of the quiet hours.',
    must: 'the name of a time zone like "Europe/Berlin"',
    fallback: 'UTC',
  }),
  consoleUrl: text<string | null>({
    file: 'notify.console_url',
    variable: 'NOTIFIER_CONSOLE_URL',
    about: 'Where people reach the console; links in messages begin with it.',
    must: 'an address like "https://drawbridge.example.com"',
    pattern: '^https?://[^\\s@]+$',
    fallback: null,
    fallbackWords: 'messages have no links',
  }),
  heartbeatFile: text<string | null>({
    file: 'notify.heartbeat_url_file',
    variable: null,
    about: 'A file with an address outside that is asked each minute while the notifier works (a dead-man switch).',
    must: 'the path of a file that holds the address',
    fallback: null,
    fallbackWords: 'none',
  }),
  linkKey: randomKey({
    variable: 'NOTIFIER_LINK_KEY',
    about: 'Signs the links in messages that acknowledge an alert; the same for the notifier and the console.',
    fallbackWords: 'messages have no such links; `npm start` and Compose keep one with the data',
  }),
  resumeSeedFile: text<string | null>({
    file: 'notify.resume_seed_file',
    variable: null,
    about: 'A file with the seed of the user of NATS by which people resume in Telegram, where NATS has users.',
    must: 'the path of a file that holds the seed',
    fallback: null,
    fallbackWords: 'none',
  }),
} as const satisfies Settings

/** @param traders of config.json */
export function readNotify(source: Source, traders: Readonly<Record<TraderId, TraderConfig>>): NotifyConfig {
  const { faults } = source
  const values = readSettings(notifySettings, source)
  const zone = faults.take('config.json, notify', checkZone(values.zone), 'UTC')
  const written = isObject(values.channels) ? values.channels : {}
  const channels = readChannels(source, written, values.language)
  const names = Object.keys(written)
  const known = Object.keys(isObject(source.file.traders) ? source.file.traders : {})
  const list = Array.isArray(values.routes) && values.routes.length > 0 ? values.routes : null
  if ((list?.length ?? 0) > ROUTES_MAX) faults.add('config.json, notify', `routes may be ${ROUTES_MAX} at most`)
  const routes = (list ?? [{ to: names }]).slice(0, ROUTES_MAX).flatMap((route, index) => {
    if (list === null && names.length === 0) return []
    const where = `config.json, notify.routes ${index + 1}`
    const read = faults.take<Route | null>(where, readRoute(route, names, traders, known), null)
    return read === null ? [] : [read]
  })
  for (const name of names) {
    if (list === null || faults.all.length > 0 || routes.some((route) => leadsTo(route, name))) continue
    faults.add('config.json, notify', `no route leads to the channel "${name}": name it in "to" of a route`)
  }
  return {
    host: values.host,
    port: values.port,
    channels,
    routes,
    quietHours: faults.take('config.json, notify', quietHoursOf(values.quietHours), null),
    repeatMinutes: values.repeatMinutes,
    language: values.language,
    zone,
    consoleUrl: values.consoleUrl?.replace(/\/+$/, '') ?? null,
    heartbeatFile: values.heartbeatFile,
    resumeSeedFile: values.resumeSeedFile,
    linkKey: values.linkKey,
  }
}

function readChannels({ faults }: Source, written: Readonly<Record<string, unknown>>, language: Language) {
  const entries = Object.entries(written)
  if (entries.length > CHANNELS_MAX) faults.add('config.json, notify', `channels may be ${CHANNELS_MAX} at most`)
  return entries.slice(0, CHANNELS_MAX).flatMap(([name, channel]) => {
    const where = `config.json, notify.channels.${name}`
    if (!CHANNEL_NAME.test(name)) {
      faults.add(where, 'the name must be 1 to 32 lower-case letters, digits, "-" or "_", and begin with a letter')
    }
    const read = faults.take<ChannelConfig | null>(where, readChannel(name, channel, language), null)
    return read === null ? [] : [read]
  })
}

function leadsTo({ to, escalate }: Route, channel: string): boolean {
  return to.includes(channel) || escalate.some((step) => step.to.includes(channel))
}

function quietHoursOf(hours: { readonly from: string; readonly until: string } | null): Parsed<QuietHours | null> {
  if (hours === null) return parsed(null)
  const { from, until } = hours
  if (from !== until) return parsed({ from: minutesOf(from), until: minutesOf(until) })
  return refused(`quiet_hours end when they begin (${from}): write two different times, or null for none`)
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return 60 * hour + minute
}

function checkZone(zone: string): Parsed<string> {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return parsed(zone)
  } catch {
    const meant = nearestName(zone, Intl.supportedValuesOf('timeZone'))
    const hint = meant === null ? 'like "Europe/Berlin"' : `, did you mean "${meant}"?`
    return refused(`zone must be the name of a time zone ${hint}`.replace(' ,', ','))
  }
}
