import { silenceInWords } from '@drawbridge/contracts'
import { expect, test } from 'vitest'

test.each([
  [{ trader: null, kind: null }, 'everything'],
  [{ trader: 'bot1', kind: 'breach' }, 'everything of the kind breach about bot1'],
  [{ trader: null, tag: 'futures', kind: null }, 'everything about traders with the tag futures'],
  [{ trader: null, tag: null, kind: 'silent' }, 'everything of the kind silent'],
])('a silence says what it covers: %j', (silence, words) => {
  expect(silenceInWords(silence)).toBe(words)
})
