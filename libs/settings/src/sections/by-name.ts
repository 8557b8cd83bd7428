/** Values by names that people choose: of a name like "constructor", which every object of JavaScript has, there is nothing. */
export function byName<T>(entries: readonly (readonly [name: string, value: T])[]): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}
