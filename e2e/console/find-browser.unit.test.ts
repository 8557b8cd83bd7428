import { expect, test } from 'vitest'
import { findBrowser } from './find-browser.ts'

const nothing = () => false
const unsaid = (words: string) => expect.fail(words)

test('without a browser the tests of the page are left out, and say how to run them', () => {
  const said: string[] = []
  expect(findBrowser({}, nothing, (words) => said.push(words))).toBeNull()
  expect(said).toEqual([expect.stringMatching(/left out.*: apt-get install chromium, or name one in BROWSER_PATH\.$/)])
})

test('where they are required, a missing browser makes them fail', () => {
  expect(() => findBrowser({ BROWSER_TESTS: 'required' }, nothing, unsaid)).toThrow(
    /"required".*apt-get install chromium/,
  )
})

test('a browser of the system is found, and a named one comes first', () => {
  const system = (place: string) => place === '/usr/bin/google-chrome'
  expect(findBrowser({ BROWSER_PATH: '' }, system, unsaid)).toBe('/usr/bin/google-chrome')
  expect(findBrowser({ BROWSER_PATH: '/opt/mine' }, () => true, unsaid)).toBe('/opt/mine')
})

test('a named browser that is not there is told, and no other one takes its place', () => {
  const others = (place: string) => place.startsWith('/usr/')
  expect(() => findBrowser({ BROWSER_PATH: '/opt/mine' }, others, unsaid)).toThrow('BROWSER_PATH is /opt/mine')
})
