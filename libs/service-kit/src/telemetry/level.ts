/** A number that goes up and down. */
export class Level {
  #value = 0

  get value(): number {
    return this.#value
  }

  set(value: number): void {
    this.#value = value
  }
}
