import { describe, expect, it } from 'vitest'
import { KeptEvents } from '../src/lanes.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const taken = (kept: KeptEvents, trader: string) => {
  const event = kept.take(trader)
  return event && { text: new TextDecoder().decode(event.data), seq: event.seq }
}

describe('kept events', () => {
  it('give back what was kept, once', () => {
    const kept = new KeptEvents()
    kept.keep('a', { data: bytes('first'), seq: 7 })
    kept.keep('b', { data: bytes('second'), seq: 9 })
    expect(kept.size).toBe(2)
    expect([...kept.traders()]).toEqual(['a', 'b'])
    expect(taken(kept, 'b')).toEqual({ text: 'second', seq: 9 })
    expect(taken(kept, 'b')).toBeNull()
    expect(taken(kept, 'a')).toEqual({ text: 'first', seq: 7 })
    expect(taken(kept, 'c')).toBeNull()
    expect(kept.size).toBe(0)
  })

  it('keep the last of a trader', () => {
    const kept = new KeptEvents()
    kept.keep('a', { data: bytes('old'), seq: 1 })
    kept.keep('a', { data: bytes('new'), seq: 2 })
    expect(kept.size).toBe(1)
    expect(taken(kept, 'a')).toEqual({ text: 'new', seq: 2 })
  })

  it('keep a copy, and what is taken stays as it was', () => {
    const kept = new KeptEvents()
    const data = bytes('as it was')
    kept.keep('a', { data, seq: 1 })
    data.fill(0)
    const event = kept.take('a')
    kept.keep('b', { data: bytes('another'), seq: 2 })
    expect(new TextDecoder().decode(event?.data)).toBe('as it was')
  })

  it('hold more than a page, and events larger than one', () => {
    const kept = new KeptEvents()
    const sizes = [700_000, 700_000, 3_000_000, 10, 1_048_576, 0, 1]
    sizes.forEach((size, index) => {
      kept.keep(`t${index}`, { data: Buffer.alloc(size, index + 1), seq: index + 1 })
    })
    sizes.forEach((size, index) => {
      const event = kept.take(`t${index}`)
      expect(event?.seq).toBe(index + 1)
      expect(Buffer.compare(event?.data ?? bytes('none'), Buffer.alloc(size, index + 1))).toBe(0)
    })
  })
})
