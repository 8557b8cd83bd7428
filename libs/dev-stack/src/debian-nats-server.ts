import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from './run-command.ts'

const UPDATE_WITHIN_MS = 180_000

/**
 * Unpacks Debian's nats-server into `folder` and returns the path of the program; installs nothing. It comes from the
 * suite sid of the machine's own mirror, whatever suite the machine runs: the newest version (bookworm has 2.9, trixie
 * 2.10), which needs only the C library. apt checks the signatures, with its own lists and cache under `folder`.
 * @throws when this is not Debian, or its mirror cannot be read.
 */
export async function unpackDebianNatsServer(folder: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID="?debian"?$/m.test(release)) throw new Error('this machine does not run Debian')
  const codename = /^VERSION_CODENAME="?(\w+)"?$/m.exec(release)?.[1] ?? 'sid'
  const mirror = findDebianMirror(await aptSources(), codename)
  if (mirror === null) throw new Error('no source under /etc/apt names a Debian mirror')

  const at = (name: string) => path.join(folder, name)
  await Promise.all(
    ['lists/partial', 'cache/archives/partial', 'unpacked'].map((name) => mkdir(at(name), { recursive: true })),
  )
  const signedBy = mirror.signedBy === null ? '' : ` signed-by=${mirror.signedBy}`
  await writeFile(at('sources.list'), `deb [target=Packages${signedBy}] ${mirror.uri} sid main\n`)
  const options = [
    `Dir::Etc::SourceList=${at('sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${at('lists')}`,
    `Dir::Cache=${at('cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=10',
    'Acquire::https::Timeout=10',
  ].map((option) => `-o${option}`)
  await runCommand('apt-get', ['-qq', ...options, '-oAPT::Update::Error-Mode=any', 'update'], UPDATE_WITHIN_MS)
  // apt-get writes into the folder it runs in.
  const download = 'cd "$1" && shift && exec apt-get -qq "$@" download nats-server'
  await runCommand('sh', ['-c', download, 'sh', folder, ...options], UPDATE_WITHIN_MS)
  const deb = (await readdir(folder)).find((name) => name.endsWith('.deb'))
  if (deb === undefined) throw new Error('apt-get downloaded no package nats-server')
  await runCommand('dpkg-deb', ['-x', at(deb), at('unpacked')], 60_000)
  return at('unpacked/usr/sbin/nats-server')
}

async function aptSources(): Promise<string[]> {
  const parts = '/etc/apt/sources.list.d'
  const names = await readdir(parts).catch(() => [])
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).sort()
  const paths = ['/etc/apt/sources.list', ...files.map((name) => path.join(parts, name))]
  return Promise.all(paths.map((file) => readFile(file, 'utf8').catch(() => '')))
}

/** This machine's Debian mirror: what a line of apt's sources needs to read another suite of it. */
interface DebianMirror {
  readonly uri: string
  /** The keys that sign its indexes; null: those that apt trusts anyway. */
  readonly signedBy: string | null
}

const MAIN_SUITES: readonly string[] = ['stable', 'oldstable', 'testing', 'unstable', 'sid']

/**
 * The mirror of the main archive in the text of apt's sources (one-line and deb822 files alike), or null.
 * @param codename of the release this machine runs, like `bookworm`.
 */
export function findDebianMirror(sources: readonly string[], codename: string): DebianMirror | null {
  const isMain = (suite: string) => suite === codename || MAIN_SUITES.includes(suite)
  for (const text of sources) {
    for (const stanza of text.split(/\n\s*\n/)) {
      const found = fromStanza(stanza, isMain) ?? fromLines(stanza, isMain)
      if (found !== null) return found
    }
  }
  return null
}

function fromStanza(stanza: string, isMain: (suite: string) => boolean): DebianMirror | null {
  const field = (name: string) => words(new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(stanza)?.[1])
  const [uri] = field('URIs')
  const usable = field('Types').includes('deb') && field('Suites').some(isMain) && field('Components').includes('main')
  if (!usable || uri === undefined || field('Enabled').includes('no')) return null
  return { uri, signedBy: keyFile(field('Signed-By')[0]) }
}

function fromLines(text: string, isMain: (suite: string) => boolean): DebianMirror | null {
  for (const line of text.split('\n')) {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line)
    if (found === null) continue
    const [, options = '', uri = '', suite = '', components = ''] = found
    if (isMain(suite) && words(components).includes('main')) {
      return { uri, signedBy: keyFile(/signed-by=(\S+)/i.exec(options)?.[1]) }
    }
  }
  return null
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** A deb822 field may hold the key itself instead of its path; then apt's own keys are used. */
function keyFile(value: string | undefined): string | null {
  return value?.startsWith('/') === true ? value : null
}
