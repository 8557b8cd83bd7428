import { describe, expect, it } from 'vitest'
import { findDebianMirror } from '../src/debian-nats-server.ts'

const deb822 = `Types: deb
# a comment
URIs: http://deb.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.example.org/debian-security
Suites: bookworm-security
Components: main`

const other = 'Types: deb\nURIs: https://packages.example.com\nSuites: vendor-bookworm\nComponents: main'

describe('findDebianMirror', () => {
  it.each([
    ['a deb822 file', [deb822], { signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg' }],
    ['one-line sources', ['# old\ndeb http://deb.example.org/debian bookworm main contrib\n'], { signedBy: null }],
    [
      'a line with options',
      ['deb [arch=amd64 signed-by=/k.gpg] http://deb.example.org/debian stable main'],
      { signedBy: '/k.gpg' },
    ],
    ['a file behind those of others', ['', other, deb822], {}],
    [
      'a deb822 file that holds the key itself',
      [deb822.replace(/^Signed-By.*$/m, 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----')],
      { signedBy: null },
    ],
  ])('finds the main archive in %s', (_case, sources, expected) => {
    const found = findDebianMirror(sources, 'bookworm')
    expect(found).toMatchObject({ uri: 'http://deb.example.org/debian', ...expected })
  })

  it.each([
    ['there are no sources', ['']],
    ['they are of others', [other]],
    ['the archive is switched off', [`${deb822.replace('Types', 'Enabled: no\nTypes')}`]],
    ['the line is commented out', ['# deb http://deb.example.org/debian bookworm main']],
    ['only source packages are named', ['deb-src http://deb.example.org/debian bookworm main']],
  ])('finds nothing where %s', (_case, sources) => {
    expect(findDebianMirror(sources, 'bookworm')).toBeNull()
  })
})
