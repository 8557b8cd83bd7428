import { accessSync } from 'node:fs'
import path from 'node:path'
import { readSecret } from '@drawbridge/settings'

/** The secret of a connector cannot be read from its file. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError'
  /** What mends it. */
  readonly advice: string

  constructor(message: string, advice: string) {
    super(message)
    this.advice = advice
  }
}

/** Where containers have their secrets. */
const IN_CONTAINERS = '/run/secrets/drawbridge/'

/**
 * @param field that names the file, like `password_file`
 * @param file its path; a relative one begins in the working directory
 * @param about what the secret is, for people
 * @throws {SecretFileError} where the file is missing or empty, or cannot be read
 */
export function readSecretFile(field: string, file: string, about: string): string {
  const full = path.resolve(file)
  const secret = readSecret(full)
  if (secret.ok) return secret.value
  if (isMissing(full)) throw new SecretFileError(`${field}: there is no file ${full}`, howToMake(file, full, about))
  const advice = `see that this user can read the file, and that it has ${about}; it is read again at each try`
  throw new SecretFileError(`${field}: ${secret.reason}`, advice)
}

function isMissing(file: string): boolean {
  try {
    accessSync(file)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function howToMake(written: string, full: string, about: string): string {
  if (full.startsWith(IN_CONTAINERS)) {
    return `write ${about} into data/secrets/connector/${full.slice(IN_CONTAINERS.length)}, readable for the user 65532; containers have it at this path`
  }
  const [folder, file] = [path.dirname(full), full].map(forShell)
  const command = `mkdir -p ${folder} && (umask 077; cat > ${file})`
  const begins = path.isAbsolute(written) ? '' : '; a relative path begins in the working directory'
  return `make it: ${command}   # paste ${about}, and end it with Enter and Ctrl-D${begins}`
}

function forShell(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`
}
