import type { Random } from '@drawbridge/testing/random'

/** Names that every object has by its prototype, and names that look like others. */
const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'prototype',
  'hasOwnProperty',
  'valueOf',
  'toJSON',
  'length',
  '',
  ' equity',
  'Equity',
  'equity\\u0000',
  '\\ud800',
  'then',
] as const

/** As JSON writes numbers, and as some programs do. */
const NUMBERS = [
  '0',
  '-0',
  '-0.0',
  '0.1',
  '1e400',
  '-1e400',
  '1e-400',
  '5e-324',
  '1.7976931348623157e308',
  '1e15',
  '-1e15',
  '999999999999999',
  '999999999999999.9',
  '9007199254740991',
  '9007199254740993',
  '1000.00000000000000001',
  '12345678901234567',
  '0.00000001',
  '0.000000001',
  '1E+2',
  '-1.5e-7',
  '4294967296',
  'NaN',
  'Infinity',
  '-Infinity',
  '01',
  '+1',
  '.5',
  '1.',
  '0x10',
  '1n',
] as const

/** What stands between quotes. */
const STRINGS = [
  '',
  ' ',
  '0',
  '-0',
  '10250.50',
  '1e5',
  'NaN',
  '١٢٣',
  '1 000',
  '1,5',
  '\\u0000',
  '\\ud800',
  '\\udc00\\ud800',
  '\\ud83d\\ude00',
  '😀',
  '\\ufeff',
  '\\u202e\\u2028',
  '\\n\\r\\t',
  '__proto__',
  'constructor',
  '2026-03-12T20:00:00Z',
  '2026-03-12T20:00:00.000Z',
  '2026-02-30T20:00:00.000Z',
  '9999-12-31T23:59:59.999+14:00',
  '0000-01-01T00:00:00Z',
  '2026-03-12T24:00:00Z',
  '2026-03-12',
  'UTC',
  'America/New_York',
  'IST',
  '../../etc/passwd',
  '23:59',
  '24:00',
  'server',
  'event',
  'timer',
  'manual',
  'mon-fri 09:30-16:00',
  'sun 17:00-fri 17:00',
  'sun 17:00-sun 17:00',
  'mon,mon 00:00-24:00',
  'mon 24:00-24:01',
  'sat 23:59-sun 00:00',
  '2026-12-25',
  '0000-01-01',
] as const

/** More than any message has, far less than a hostile one may have. */
const DEPTHS = [1, 5, 62, 63, 64, 65, 66, 200, 5_000] as const
const BREADTHS = [2, 20, 300, 5_000] as const
/** One value in this many is deep, broad or long: it takes as long as hundreds of others. */
const RARELY = 1 / 400

/** The text of a hostile JSON value, not necessarily valid. */
export function hostileValue(random: Random, fields: readonly string[], depth = 0): string {
  if (random.chance(RARELY)) return hugeValue(random)
  const kind = random.between(0, depth < 3 ? 9 : 6)
  if (kind <= 1) return random.pick(NUMBERS)
  if (kind === 2) return digits(random)
  if (kind <= 4) return `"${random.pick(STRINGS)}"`
  if (kind <= 6) return random.pick(['null', 'true', 'false', '[]', '{}', '""', 'undefined', "'a'"])
  if (kind === 7) return `[${list(random, () => hostileValue(random, fields, depth + 1))}]`
  return hostileObject(random, fields, depth + 1)
}

export function hostileObject(random: Random, fields: readonly string[], depth = 0): string {
  return `{${list(random, () => `"${hostileName(random, fields)}":${hostileValue(random, fields, depth)}`)}}`
}

export function hostileName(random: Random, fields: readonly string[]): string {
  return random.chance(0.6) ? random.pick(fields) : random.pick(HOSTILE_NAMES)
}

function list(random: Random, make: () => string): string {
  return Array.from({ length: random.between(0, 4) }, make).join(',')
}

function digits(random: Random): string {
  const count = random.between(1, random.chance(0.05) ? 400 : 24)
  let text = random.chance(0.3) ? '-' : ''
  const point = random.between(0, count * 2)
  for (let at = 0; at < count; at += 1) {
    if (at === point && at > 0) text += '.'
    text += String(random.between(at === 0 ? 1 : 0, 9))
  }
  return random.chance(0.2) ? `${text}e${random.between(-400, 400)}` : text
}

function hugeValue(random: Random): string {
  switch (random.between(0, 4)) {
    case 0: {
      const depth = random.pick(DEPTHS)
      return '['.repeat(depth) + ']'.repeat(depth)
    }
    case 1: {
      const depth = random.pick(DEPTHS)
      return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    }
    case 2:
      return `[${'0,'.repeat(random.pick(BREADTHS))}0]`
    case 3: {
      const count = random.pick(BREADTHS)
      return `{${Array.from({ length: count }, (_, at) => `"k${at}":{"max_drawdown":${at}}`).join(',')}}`
    }
    default:
      return `"${random.pick(['x', '\\u0000', '😀', '\\ud800', '9']).repeat(random.pick([100, 501, 5_000, 70_000]))}"`
  }
}
