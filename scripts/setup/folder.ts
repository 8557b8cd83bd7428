import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

const PRIVATE = 0o700
const READ_ONLY = 0o400

/** A folder that belongs to one user, with files that only this user may read. */
export class Folder {
  readonly path: string
  /** A user id, also used for the group; null: the current user. */
  readonly #owner: number | null

  private constructor(folder: string, owner: number | null) {
    this.path = folder
    this.#owner = owner
  }

  /** A folder that others made, which stays unchanged. */
  static at(folder: string): Folder {
    mkdirSync(folder, { recursive: true })
    return new Folder(folder, null)
  }

  /** A folder in it, created if missing; Docker may have created it for a mount. */
  folder(name: string, owner: number | null, mode = PRIVATE): Folder {
    const made = new Folder(path.join(this.path, name), owner)
    mkdirSync(made.path, { recursive: true })
    made.#takeOver()
    made.#give(made.path, mode)
    return made
  }

  read(name: string): string {
    return readFileSync(path.join(this.path, name), 'utf8')
  }

  /** A concurrent reader sees the old file or the new one. */
  write(name: string, text: string): void {
    const file = path.join(this.path, name)
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    this.#give(`${file}.new`, READ_ONLY)
    renameSync(`${file}.new`, file)
  }

  /** The content of a file, which is created if missing and never changed afterwards. */
  once(name: string, make: () => string): string {
    const file = path.join(this.path, name)
    try {
      writeFileSync(file, make(), { mode: 0o600, flag: 'wx' })
      this.#give(file, 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    return this.read(name)
  }

  /** If the folder has another owner, as after a change of the settings, the new one gets all its files. */
  #takeOver(): void {
    const owner = this.#owner
    if (owner === null || statSync(this.path).uid === owner) return
    for (const name of readdirSync(this.path, { recursive: true, encoding: 'utf8' })) {
      // Not the target of a symbolic link.
      lchownSync(path.join(this.path, name), owner, owner)
    }
  }

  #give(file: string, mode: number): void {
    if (this.#owner !== null) chownSync(file, this.#owner, this.#owner)
    chmodSync(file, mode)
  }
}
