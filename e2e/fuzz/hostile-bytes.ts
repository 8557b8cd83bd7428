import type { Random } from '@drawbridge/testing/random'
import { hostileName, hostileObject, hostileValue } from './hostile-json.ts'

const encoder = new TextEncoder()

/** Bytes that are no UTF-8, or mean something at a place where nobody looks for it. */
const SEQUENCES: readonly (readonly number[])[] = [
  [0],
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  // An overlong "/" and an overlong NUL.
  [0xc0, 0xaf],
  [0xc0, 0x80],
  // Half of a surrogate pair, as some encoders write it.
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x80],
  [0x80],
  [0x22],
  [0x5c],
  [0x7b],
  [0x5d],
]

/** A field and its value, at any depth; a list of plain values is one. */
const MEMBER = /"([A-Za-z_]+)":("(?:[^"\\]|\\.)*"|-?[0-9.]+|true|false|null|\[[^[\]{}]*\]|\{\})/g

/** There are as many as samples, and each is looked at thousands of times. */
const members = new Map<string, readonly (RegExpExecArray | null)[]>()

/** The fields of a sample; null stands for none, so that there is always one to pick. */
function membersOf(sample: string): readonly (RegExpExecArray | null)[] {
  const known = members.get(sample) ?? [...sample.matchAll(MEMBER), null]
  members.set(sample, known)
  return known
}

/**
 * A hostile message: random, or a valid one with a changed value, field or some changed bytes.
 * @param samples valid messages of the kind
 * @param fields names that the kind knows
 */
export function hostileBytes(random: Random, samples: readonly string[], fields: readonly string[]): Uint8Array {
  const bytes = encoder.encode(hostileText(random, samples, fields))
  return random.chance(0.3) ? damaged(random, bytes) : bytes
}

function hostileText(random: Random, samples: readonly string[], fields: readonly string[]): string {
  const kind = random.between(0, 9)
  if (kind === 0) return hostileValue(random, fields)
  if (kind <= 2) return hostileObject(random, fields)
  const sample = random.pick(samples)
  if (kind === 3) return sample
  if (kind === 4) return withField(random, sample, fields)
  if (kind === 5) return withoutField(random, sample)
  return withOtherValue(random, sample, fields)
}

/** As often as not the field is there already. */
function withField(random: Random, sample: string, fields: readonly string[]): string {
  const member = `"${hostileName(random, fields)}":${hostileValue(random, fields)}`
  const open = sample.indexOf('{')
  if (random.chance(0.5)) return `${sample.slice(0, open + 1)}${member},${sample.slice(open + 1)}`
  const close = sample.lastIndexOf('}')
  return `${sample.slice(0, close)},${member}${sample.slice(close)}`
}

function withoutField(random: Random, sample: string): string {
  const found = random.pick(membersOf(sample))
  if (found === null) return sample
  const rest = sample.slice(found.index + found[0].length)
  return sample.slice(0, found.index) + (rest.startsWith(',') ? rest.slice(1) : rest)
}

function withOtherValue(random: Random, sample: string, fields: readonly string[]): string {
  const found = random.pick(membersOf(sample))
  if (found === null) return sample
  const [member, name] = found
  const changed = `"${name}":${hostileValue(random, fields)}`
  return sample.slice(0, found.index) + changed + sample.slice(found.index + member.length)
}

function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.between(0, bytes.length)
  switch (random.between(0, 4)) {
    case 0:
      return bytes.slice(0, at)
    case 1: {
      const flipped = bytes.slice()
      for (let count = random.between(1, 4); count > 0 && flipped.length > 0; count -= 1) {
        const place = random.between(0, flipped.length - 1)
        flipped[place] = (flipped[place] ?? 0) ^ (1 << random.between(0, 7))
      }
      return flipped
    }
    case 2:
      return joined(bytes.subarray(0, at), Uint8Array.from(random.pick(SEQUENCES)), bytes.subarray(at))
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(random.between(0, bytes.length)))
    default:
      return joined(Uint8Array.from(random.pick(SEQUENCES)), bytes)
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}
