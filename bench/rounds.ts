/** A figure is the median of at least this many rounds. */
export const ROUNDS_MIN = 5

/**
 * The number of rounds.
 * @param text as it was given; undefined: it was not
 * @throws where it is not valid
 */
export function readRounds(text: string | undefined, otherwise: number): number {
  const rounds = Number(text ?? otherwise)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) throw new Error('--rounds must be 1 to 50')
  return rounds
}
