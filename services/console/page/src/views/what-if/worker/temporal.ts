import type { Temporal as Polyfill } from 'temporal-polyfill'

/** That of the browser, and the polyfill only where it has none: most need not load it. Stands for `temporal-polyfill`. */
const { Temporal }: { readonly Temporal: typeof Polyfill } =
  'Temporal' in globalThis
    ? (globalThis as unknown as { readonly Temporal: typeof Polyfill })
    : await import('temporal-polyfill/implementation')

export { Temporal }
