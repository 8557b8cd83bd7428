/** This machine's Debian mirror: what a line of apt's sources needs to read another suite of it. */
export interface DebianMirror {
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
