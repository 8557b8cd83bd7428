import { readFileSync } from 'node:fs'
import { type Finding, fault, ok } from './finding.ts'

const PACKAGE = new URL('../../../package.json', import.meta.url)

/** Whether this Node.js is as new as package.json wants it. */
export function checkNode(version: string): Finding {
  const { engines } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { engines: { node: string } }
  const oldest = engines.node.replace('>=', '')
  if (isAtLeast(version, oldest)) return ok('Node.js', version)
  return fault(
    'Node.js',
    `${version}; ${oldest} or newer is needed`,
    'npm ci installs it; start by npm, as in npm start',
  )
}

/** @param version like `v24.21.0`; of `oldest` parts may be missing */
export function isAtLeast(version: string, oldest: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/^v/, '')
      .split('.')
      .map((part) => Number.parseInt(part, 10))
  const wanted = numbers(oldest)
  const has = numbers(version)
  const differing = wanted.findIndex((part, index) => part !== (has[index] ?? 0))
  return differing === -1 || (has[differing] ?? 0) > (wanted[differing] ?? 0)
}
