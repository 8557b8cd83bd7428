/** What of an adapter says how to log in. */
interface Known {
  readonly settings: { readonly properties: object }
  readonly secrets: object
}

const USER_BEFORE_HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i

/**
 * What is wrong with the addresses of a connector, a sentence each. A user or password in one is never sent: fetch refuses
 * such an address. None is quoted, as a part of it may be secret.
 */
export function addressFaults(fields: Readonly<Record<string, unknown>>, adapter: Known): readonly string[] {
  return Object.entries(fields).flatMap(([field, address]) => {
    if (!field.endsWith('url') || typeof address !== 'string') return []
    if (hasUser(address)) {
      return [
        `${field} has a user or password, and no call can be made with it: take them out, and write ${insteadFor(field, adapter)} instead`,
      ]
    }
    return /^https?:/.test(address) && !URL.canParse(address)
      ? [`${field} is no address that can be called: correct its host or its port`]
      : []
  })
}

function hasUser(address: string): boolean {
  if (USER_BEFORE_HOST.test(address)) return true
  // A password with "/" or "#" ends the host too early.
  if (!URL.canParse(address)) return address.includes('@')
  const { username, password } = new URL(address)
  return username !== '' || password !== ''
}

/** The fields that say who we are: `forward_token_file` for `forward_url`, else those for all addresses. */
function insteadFor(field: string, { settings, secrets }: Known): string {
  const isKnown = (name: string) => Object.hasOwn(settings.properties, name)
  const all = Object.keys(secrets)
  const own = all.filter((secret) => secret.startsWith(field.replace(/url$/, '')))
  const files = (own.length > 0 ? own : all).map((secret) => `${secret}_file`)
  const login = [...['username', 'email'].filter(isKnown), ...files].join(' and ')
  return isKnown('headers') ? `${login} or headers` : login
}
