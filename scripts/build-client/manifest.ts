interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Packages of this repository are in the package, and no registry has them. */
const isOurs = (name: string) => name.startsWith('@drawbridge/')

/**
 * The `package.json` of the package that is packed.
 * @param parts those of the packages that it is made of, the client's first
 */
export function packedManifest(parts: readonly Manifest[]): object {
  const [client] = parts
  if (client === undefined) throw new Error('the client has no package.json')
  const dependencies = Object.fromEntries(
    parts
      .flatMap((part) => Object.entries(part.dependencies ?? {}))
      .filter(([name]) => !isOurs(name))
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
  return {
    name: '@drawbridge/client',
    version: client.version,
    description: 'Reports the equity of a trading bot to Drawbridge, and tells the bot when it may enter positions',
    license: client.license,
    type: 'module',
    exports: { '.': { types: './client/index.d.ts', default: './client/index.js' } },
    types: './client/index.d.ts',
    files: ['client', 'contracts', 'nats'],
    sideEffects: false,
    engines: { node: '>=20' },
    dependencies,
  }
}
