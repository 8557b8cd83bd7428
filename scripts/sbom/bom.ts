/** The parts of a CycloneDX document that are read and changed here. */
export interface Bom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

export interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly object[]
}

/** npm names a workspace by its folder. Here each component has the name of its package. */
export function namedAsPackages(bom: Bom): Bom {
  return { ...bom, components: bom.components.map((component) => ({ ...component, name: nameOf(component) })) }
}

/** Without the version; the name of a package may begin with an "@". */
export function nameOf({ 'bom-ref': ref }: Component): string {
  return ref.slice(0, ref.lastIndexOf('@'))
}
