import {
  type Check,
  compileCheck,
  LANGUAGES,
  type Language,
  nearestName,
  type Parsed,
  parsed,
  refused,
} from '@drawbridge/contracts'
import Type, { type TObject } from 'typebox'

/** What is said of a channel of any kind. */
interface AnyChannel {
  /** Its name in routes. */
  readonly name: string
  readonly language: Language
  /** So many messages it takes in a minute; what is more becomes one message. */
  readonly perMinute: number
}

/** Where a message goes. Secrets are in files, which are read again for each message. */
export type ChannelConfig = AnyChannel &
  (
    | {
        readonly kind: 'webhook'
        readonly url: string | null
        readonly urlFile: string | null
        readonly secretFile: string | null
        /** The secret before: messages are signed by both while receivers change to the new one. */
        readonly oldSecretFile: string | null
      }
    | {
        readonly kind: 'telegram'
        readonly apiUrl: string
        readonly tokenFile: string
        readonly chat: string
        /** Numeric ids of the people who may acknowledge; nobody else is answered. */
        readonly users: readonly number[]
        /** Those of them who may also resume, by a one-time code. */
        readonly mayResume: readonly number[]
      }
    | { readonly kind: 'slack' | 'discord'; readonly urlFile: string }
    | {
        readonly kind: 'email'
        readonly host: string
        readonly port: number
        /** `required`: by STARTTLS; `implicit`: from the first byte; `none`: only for a server on this machine. */
        readonly tls: 'implicit' | 'required' | 'none'
        readonly user: string | null
        readonly passwordFile: string | null
        readonly from: string
        readonly to: readonly string[]
      }
    | { readonly kind: 'pagerduty'; readonly apiUrl: string; readonly keyFile: string }
    | { readonly kind: 'ntfy'; readonly url: string; readonly tokenFile: string | null }
  )

export const CHANNEL_KINDS = ['webhook', 'telegram', 'slack', 'discord', 'email', 'pagerduty', 'ntfy'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

const PER_MINUTE = 6
/** There each alert is an incident of its own. */
const INCIDENTS_PER_MINUTE = 20
const strict = { additionalProperties: false } as const

const text = (description: string) => Type.String({ minLength: 1, maxLength: 2_000, description })
const file = (of: string) => text(`the path of a file that holds ${of}`)
const url = () =>
  Type.String({ pattern: '^https?://[^\\s@]+$', description: 'an address like "https://example.com/hook"' })
const address = (description: string) =>
  Type.String({ pattern: '^[^\\r\\n]*[^\\s@]+@[^\\s@]+$', maxLength: 320, description })
const people = () =>
  Type.Array(Type.Integer({ minimum: 1 }), {
    maxItems: 100,
    description: 'a list of numeric ids of people like [12345678]',
  })
const anyKind = {
  kind: Type.Enum([...CHANNEL_KINDS]),
  language: Type.Optional(Type.Enum([...LANGUAGES], { description: '"en" or "de"' })),
  at_most_per_minute: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, description: 'a whole number, 1 to 60' })),
}

const schemas = {
  webhook: Type.Object(
    {
      ...anyKind,
      url: Type.Optional(url()),
      url_file: Type.Optional(file('the address')),
      secret_file: Type.Optional(file('the secret that signs messages')),
      old_secret_file: Type.Optional(file('the secret before')),
    },
    strict,
  ),
  telegram: Type.Object(
    {
      ...anyKind,
      token_file: file('the token of the bot'),
      chat: Type.Union([Type.Integer(), text('')], { description: 'the id of a chat like -1001234567890' }),
      users: Type.Optional(people()),
      may_resume: Type.Optional(people()),
      api_url: Type.Optional(url()),
    },
    strict,
  ),
  slack: Type.Object({ ...anyKind, url_file: file('the address of the incoming webhook') }, strict),
  discord: Type.Object({ ...anyKind, url_file: file('the address of the webhook') }, strict),
  email: Type.Object(
    {
      ...anyKind,
      host: text('the name of a mail server like "smtp.example.com"'),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'a port' })),
      tls: Type.Optional(
        Type.Enum(['implicit', 'required', 'none'], { description: '"implicit", "required" (STARTTLS) or "none"' }),
      ),
      user: Type.Optional(text('a name')),
      password_file: Type.Optional(file('the password')),
      from: address('an address like "drawbridge@example.com"'),
      to: Type.Array(address('an address'), {
        minItems: 1,
        maxItems: 20,
        description: 'a list of 1 to 20 addresses like ["ann@example.com"]',
      }),
    },
    strict,
  ),
  pagerduty: Type.Object(
    { ...anyKind, key_file: file('the integration key of the service'), api_url: Type.Optional(url()) },
    strict,
  ),
  ntfy: Type.Object({ ...anyKind, url: url(), token_file: Type.Optional(file('the access token')) }, strict),
} as const satisfies Readonly<Record<ChannelKind, TObject>>

type Written<Kind extends ChannelKind> = Type.Static<(typeof schemas)[Kind]>

const checks = Object.fromEntries(
  CHANNEL_KINDS.map((kind) => [kind, compileCheck<object>(schemas[kind])]),
) as unknown as { readonly [Kind in ChannelKind]: Check<Written<Kind>> }

/** Fields with which people write a secret into config.json itself, and the field that names its file. */
const SECRETS: Readonly<Record<string, string>> = {
  token: 'token_file',
  secret: 'secret_file',
  old_secret: 'old_secret_file',
  password: 'password_file',
  key: 'key_file',
  routing_key: 'key_file',
  integration_key: 'key_file',
}

/** @param language of channels that name none */
export function readChannel(name: string, written: unknown, language: Language): Parsed<ChannelConfig> {
  const kind = kindOf(written)
  if (!kind.ok) return kind
  const bare = Object.keys(written as object).find((field) => Object.hasOwn(SECRETS, field))
  if (bare !== undefined) return refused(`${bare} belongs in a file of its own, which ${SECRETS[bare]} names`)
  const checked = checks[kind.value](written)
  if (!checked.ok) return checked
  const usual = kind.value === 'pagerduty' ? INCIDENTS_PER_MINUTE : PER_MINUTE
  const { language: own = language, at_most_per_minute: perMinute = usual } = checked.value
  const any = { name, language: own, perMinute }
  return ofKind(kind.value, checked.value, any)
}

function kindOf(written: unknown): Parsed<ChannelKind> {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return refused('must be an object {kind, ...}')
  }
  const { kind } = written as { readonly kind?: unknown }
  const known = CHANNEL_KINDS.find((one) => one === kind)
  if (known !== undefined) return parsed(known)
  const near = typeof kind === 'string' ? nearestName(kind, CHANNEL_KINDS) : null
  const meant = near === null ? `one of ${CHANNEL_KINDS.join(', ')}` : `a known kind, did you mean "${near}"?`
  return refused(kind === undefined ? `kind is missing: ${CHANNEL_KINDS.join(', ')}` : `kind must be ${meant}`)
}

const TELEGRAM = 'https://api.telegram.org'
const PAGERDUTY = 'https://events.pagerduty.com'
const PORTS = { implicit: 465, required: 587, none: 25 } as const

const TOPIC = /^https?:\/\/[^/]+\/(?:[^?#]*\/)?[^/?#]+$/

function ofKind(kind: ChannelKind, written: unknown, any: AnyChannel): Parsed<ChannelConfig> {
  switch (kind) {
    case 'webhook':
      return webhook(written as Written<'webhook'>, any)
    case 'telegram':
      return telegram(written as Written<'telegram'>, any)
    case 'slack':
    case 'discord':
      return parsed({ ...any, kind, urlFile: (written as Written<'slack'>).url_file })
    case 'email':
      return email(written as Written<'email'>, any)
    case 'pagerduty': {
      const { key_file: keyFile, api_url: apiUrl = PAGERDUTY } = written as Written<'pagerduty'>
      return parsed({ ...any, kind, apiUrl, keyFile })
    }
    case 'ntfy': {
      const { url: topic, token_file: tokenFile = null } = written as Written<'ntfy'>
      if (!TOPIC.test(topic)) return refused('url must end with a topic, like "https://ntfy.sh/drawbridge-3f9c2b7e1a"')
      return parsed({ ...any, kind, url: topic, tokenFile })
    }
    default:
      return kind satisfies never
  }
}

function telegram(written: Written<'telegram'>, any: AnyChannel): Parsed<ChannelConfig> {
  const { token_file: tokenFile, chat, users = [], may_resume: mayResume = [], api_url: apiUrl = TELEGRAM } = written
  const stranger = mayResume.find((id) => !users.includes(id))
  if (stranger !== undefined) return refused(`may_resume names ${stranger}, who is not in users: add the id there, too`)
  if (users.length > 0 && !/^-?\d+$/.test(String(chat))) {
    return refused('chat must be the numeric id, like -1001234567890, where users is set: a tap comes with that id')
  }
  return parsed({ ...any, kind: 'telegram', apiUrl, tokenFile, chat: String(chat), users, mayResume })
}

function webhook(written: Written<'webhook'>, any: AnyChannel): Parsed<ChannelConfig> {
  const { url = null, url_file: urlFile = null, secret_file: secretFile = null } = written
  const { old_secret_file: oldSecretFile = null } = written
  if ((url === null) === (urlFile === null)) return refused('needs either url or url_file')
  if (oldSecretFile !== null && secretFile === null) return refused('old_secret_file needs secret_file, the new one')
  return parsed({ ...any, kind: 'webhook', url, urlFile, secretFile, oldSecretFile })
}

function email(written: Written<'email'>, any: AnyChannel): Parsed<ChannelConfig> {
  const { host, tls = 'required', port = PORTS[tls], user = null, password_file: passwordFile = null } = written
  if ((user === null) !== (passwordFile === null)) return refused('user and password_file belong together')
  if (tls === 'none' && user !== null) return refused('tls "none" would send the password as plain text')
  return parsed({ ...any, kind: 'email', host, port, tls, user, passwordFile, from: written.from, to: written.to })
}
