const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const
export type Colour = keyof typeof CODES
export type Paint = (text: string, colour: Colour | null) => string

/** Colours on a terminal, unless NO_COLOR says otherwise; elsewhere the text alone. */
export function paintOn(stream: NodeJS.WritableStream, env: NodeJS.ProcessEnv): Paint {
  if (!isTerminal(stream) || env.NO_COLOR || env.TERM === 'dumb') return (text) => text
  return (text, colour) => (colour === null || text === '' ? text : `\x1b[${CODES[colour]}m${text}\x1b[0m`)
}

export function isTerminal(stream: NodeJS.WritableStream): boolean {
  return (stream as Partial<NodeJS.WriteStream>).isTTY === true
}

/** How many characters a line may have; null: it is no terminal, and lines are as long as they are. */
export function widthOf(stream: NodeJS.WritableStream): number | null {
  return isTerminal(stream) ? ((stream as Partial<NodeJS.WriteStream>).columns ?? null) : null
}
