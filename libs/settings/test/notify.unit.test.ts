import { NOTICE_KINDS } from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { notifyWarningsOf } from '../src/sections/notify/notify-warnings.ts'

function faults(notify: object, traders: object = {}): readonly string[] {
  const config = loadConfig({}, JSON.stringify({ notify, traders }))
  return config.ok ? [] : config.reason.split('\n')
}

const desk = { kind: 'webhook', url: 'https://example.com/hook' }

test('a channel without a route is told warnings and worse', () => {
  const config = loadConfig({}, JSON.stringify({ notify: { channels: { desk } } }))
  expect(config).toMatchObject({
    ok: true,
    value: {
      notify: {
        channels: [{ name: 'desk', kind: 'webhook', language: 'en', perMinute: 6 }],
        routes: [{ to: ['desk'], severity: 'warning', traders: null, kinds: null, escalate: [] }],
      },
    },
  })
})

test('channels of every kind are read, each with its own language', () => {
  const channels = {
    desk,
    chat: { kind: 'telegram', token_file: 't', chat: -100, users: [7], language: 'de' },
    team: { kind: 'slack', url_file: 'u' },
    club: { kind: 'discord', url_file: 'u' },
    mail: { kind: 'email', host: 'smtp.example.com', from: 'a@example.com', to: ['b@example.com'] },
    pager: { kind: 'pagerduty', key_file: 'k', at_most_per_minute: 30 },
    push: { kind: 'ntfy', url: 'https://ntfy.sh/topic' },
    desk_pager: { kind: 'pagerduty', key_file: 'k' },
  }
  const config = loadConfig({}, JSON.stringify({ notify: { channels } }))
  expect(config.ok ? config.value.notify.channels : config.reason).toMatchObject([
    { kind: 'webhook', url: 'https://example.com/hook', secretFile: null },
    { kind: 'telegram', chat: '-100', users: [7], mayResume: [], language: 'de', apiUrl: 'https://api.telegram.org' },
    { kind: 'slack', urlFile: 'u' },
    { kind: 'discord', urlFile: 'u' },
    { kind: 'email', port: 587, tls: 'required', user: null },
    { kind: 'pagerduty', keyFile: 'k', perMinute: 30 },
    { kind: 'ntfy', tokenFile: null },
    { kind: 'pagerduty', keyFile: 'k', perMinute: 20 },
  ])
})

test('who may resume is named among those who may acknowledge', () => {
  const chat = { kind: 'telegram', token_file: 't', chat: -100, users: [7, 8] }
  const config = loadConfig({}, JSON.stringify({ notify: { channels: { chat: { ...chat, may_resume: [7] } } } }))
  expect(config).toMatchObject({ ok: true, value: { notify: { channels: [{ users: [7, 8], mayResume: [7] }] } } })
  expect(faults({ channels: { chat: { ...chat, may_resume: [9] } } })).toEqual([
    expect.stringContaining('notify.channels.chat: may_resume names 9, who is not in users'),
  ])
})

test.each([
  [
    'a kind that is not known',
    { channels: { a: { kind: 'telegramm' } } },
    'notify.channels.a: kind must be a known kind, did you mean "telegram"?',
  ],
  [
    'a secret in config.json',
    { channels: { a: { kind: 'telegram', token: '1:a', chat: 1 } } },
    'notify.channels.a: token belongs in a file of its own, which token_file names',
  ],
  [
    'people who would tap in a chat that is a name',
    { channels: { a: { kind: 'telegram', token_file: 't', chat: '@alerts', users: [7] } } },
    'notify.channels.a: chat must be the numeric id, like -1001234567890, where users is set: a tap comes with that id',
  ],
  [
    'an address of ntfy without a topic',
    { channels: { a: { kind: 'ntfy', url: 'https://ntfy.sh/' } } },
    'notify.channels.a: url must end with a topic, like "https://ntfy.sh/drawbridge-3f9c2b7e1a"',
  ],
  [
    'a field with a slip',
    { channels: { a: { ...desk, urll: 'x' } } },
    'notify.channels.a: unknown field "urll", did you mean "url"?',
  ],
  [
    'an address with a password',
    { channels: { a: { kind: 'webhook', url: 'https://u:p@example.com' } } },
    'notify.channels.a: url must be an address like "https://example.com/hook", got "https://u:p@example.com"',
  ],
  ['two addresses', { channels: { a: { ...desk, url_file: 'x' } } }, 'notify.channels.a: needs either url or url_file'],
  [
    'an old secret alone',
    { channels: { a: { ...desk, old_secret_file: 'x' } } },
    'notify.channels.a: old_secret_file needs secret_file, the new one',
  ],
  [
    'a password without TLS',
    {
      channels: {
        a: { kind: 'email', host: 'h', from: 'a@b', to: ['c@d'], tls: 'none', user: 'u', password_file: 'p' },
      },
    },
    'notify.channels.a: tls "none" would send the password as plain text',
  ],
  [
    'a route to a channel that is not there',
    { channels: { desk }, routes: [{ to: ['dsk'] }] },
    'notify.routes 1: to names "dsk", which is no channel, did you mean "desk"?',
  ],
  [
    'an escalation without a time',
    { channels: { desk }, routes: [{ to: ['desk'], escalate: [{ to: ['desk'] }] }] },
    'notify.routes 1: escalate 1: after_minutes is missing',
  ],
  [
    'a kind of notice with a slip',
    { channels: { desk }, routes: [{ to: ['desk'], kinds: ['breech'] }] },
    'notify.routes 1: kinds names "breech", which is no kind, did you mean "breach"?',
  ],
  [
    'a severity with a slip',
    { channels: { desk }, routes: [{ to: ['desk'], severity: 'urgent' }] },
    'notify.routes 1: severity must be "info", "warning", "critical", got "urgent"',
  ],
  [
    'a tag that no trader has',
    { channels: { desk }, routes: [{ to: ['desk'], tags: ['future'] }] },
    'notify.routes 1: tags names "future", which is no tag of a trader, did you mean "futures"?',
  ],
  [
    'a kind that is never as bad as the severity',
    { channels: { desk }, routes: [{ to: ['desk'], severity: 'critical', kinds: ['breach', 'resumed', 'silent'] }] },
    'notify.routes 1: kinds names "silent", which is never worse than "warning": write that as the severity, or leave severity out',
  ],
  [
    'a kind that no route leads anywhere',
    { channels: { desk }, routes: [{ to: ['desk'], kinds: ['test'] }] },
    `notify.routes 1: kinds names "test", which is no kind, known: ${NOTICE_KINDS.filter((kind) => kind !== 'test').join(', ')}`,
  ],
  [
    'a trader without the tag',
    { channels: { desk }, routes: [{ to: ['desk'], traders: ['bot1', 'bot2'], tags: ['futures'] }] },
    'notify.routes 1: traders names "bot2", which has no tag of futures: write two routes for either',
  ],
  [
    'a trader without the tag that is not in config.json',
    { channels: { desk }, routes: [{ to: ['desk'], traders: ['elsewhere'], tags: ['futures'] }] },
    'notify.routes 1: traders names "elsewhere", which has no tag of futures: write two routes for either',
  ],
  [
    'a channel that nothing leads to',
    { channels: { desk, other: desk }, routes: [{ to: ['desk'] }] },
    'notify: no route leads to the channel "other": name it in "to" of a route',
  ],
  [
    'a zone with a slip',
    { zone: 'Europe/Berln' },
    'notify: zone must be the name of a time zone, did you mean "Europe/Berlin"?',
  ],
  [
    'quiet hours that are no times',
    { quiet_hours: { from: '24:00', until: '07:00' } },
    'notify: quiet_hours must be null or an object like {"from": "22:00", "until": "07:00"}, got {"from":"24:00","until":"07:00"}',
  ],
  [
    'quiet hours without length',
    { quiet_hours: { from: '22:00', until: '22:00' } },
    'notify: quiet_hours end when they begin (22:00): write two different times, or null for none',
  ],
])('%s is a fault that says what to write', (_, notify, fault) => {
  expect(faults(notify, { bot1: { tags: ['futures'] }, bot2: {} })).toContain(`config.json, ${fault}`)
})

test('a field of notify with a slip is told', () => {
  expect(faults({ chanels: {} })).toEqual(['config.json, notify: unknown field "chanels", did you mean "channels"?'])
})

test('a route that names kinds tells them, however mild they are', () => {
  const routes = [{ to: ['desk'], kinds: ['paused', 'breach'] }, { to: ['desk'] }]
  const config = loadConfig({}, JSON.stringify({ notify: { channels: { desk }, routes } }))
  expect(config).toMatchObject({
    ok: true,
    value: { notify: { routes: [{ severity: 'info' }, { severity: 'warning' }] } },
  })
})

describe('what nobody is told of is a warning', () => {
  const warnings = (routes: readonly object[]) => {
    const traders = { bot1: { tags: ['futures'] }, bot2: {}, bot3: {} }
    const config = loadConfig({}, JSON.stringify({ traders, notify: { channels: { desk }, routes } }))
    return config.ok ? notifyWarningsOf(config.value) : config.reason
  }
  const faultsOfDrawbridge = 'nobody is told of faults of Drawbridge itself, as lost messages'

  test.each<[string, readonly object[], readonly string[]]>([
    ['no routes', [], []],
    ['a route for whatever is critical', [{ to: ['desk'], severity: 'critical' }], []],
    [
      'traders that are left out',
      [
        { to: ['desk'], traders: ['bot1'] },
        { to: ['desk'], kinds: ['fault'] },
      ],
      ['nobody is told when a limit breaks of bot2, bot3'],
    ],
    [
      'tags that some have not',
      [{ to: ['desk'], tags: ['futures'] }],
      ['nobody is told when a limit breaks of bot2, bot3', faultsOfDrawbridge],
    ],
    [
      'kinds without breaches',
      [{ to: ['desk'], kinds: ['silent', 'fault'] }],
      ['nobody is told when a limit breaks of bot1, bot2, bot3'],
    ],
    ['kinds without faults', [{ to: ['desk'], kinds: ['breach'] }], [faultsOfDrawbridge]],
  ])('%s', (_, routes, said) => {
    expect(warnings(routes)).toEqual(said)
  })

  test('nothing is said where no channel is configured', () => {
    const config = loadConfig({}, JSON.stringify({ traders: { bot1: {} } }))
    expect(config.ok && notifyWarningsOf(config.value)).toEqual([])
  })
})
