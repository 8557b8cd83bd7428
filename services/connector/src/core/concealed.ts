/** What stands in place of a secret. */
const CONCEALED = '***'
/** So many characters in a row of a secret are a part of it, as where a text was cut in the middle of one. */
const PART = 8
/** A shorter secret is found only as a word of its own: it may be a part of any word. */
const WORD_MAX = 3

interface Form {
  readonly text: string
  /** What stands around it in base64 belongs to it. */
  readonly isBase64: boolean
}

/**
 * Takes these secrets out of a text for people, also parts of them, and as they are written in addresses, in JSON and in
 * base64; and whatever secrets an address or a header has that stands in the text.
 */
export function concealed(text: string, secrets: Iterable<string>): string {
  const isSecret = new Array<boolean>(text.length).fill(false)
  for (const secret of secrets) {
    for (const form of formsOf(secret)) mark(text, form, isSecret)
  }
  return withoutCredentials(withoutMarked(text, isSecret))
}

function formsOf(secret: string): readonly Form[] {
  const lines = secret.split(/\s*[\r\n]+\s*/).filter((line) => line !== '')
  const plain = lines.flatMap((line) => [
    line,
    encodeURIComponent(line),
    new URLSearchParams([['', line]]).toString().slice(1),
    JSON.stringify(line).slice(1, -1),
  ])
  const encoded = [...new Set([secret, ...lines])].flatMap(base64FormsOf)
  return [
    ...[...new Set(plain)].map((text) => ({ text, isBase64: false })),
    ...encoded.map((text) => ({ text, isBase64: true })),
  ]
}

/** What of a secret is the same in base64 whatever stands before and after it, as in "user:password". */
function base64FormsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const forms = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const whole = Math.floor(((before + bytes.length) * 8) / 6)
    return encoded.slice(Math.ceil((before * 8) / 6), whole)
  })
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))].filter(
    ({ length }) => length > WORD_MAX,
  )
}

function mark(text: string, { text: form, isBase64 }: Form, isSecret: boolean[]): void {
  // An address may be written in capitals or not.
  const [within, sought] = [inSmallLetters(text), inSmallLetters(form)]
  const length = Math.min(PART, sought.length)
  for (let from = 0; from + length <= sought.length; from += 1) {
    const part = sought.slice(from, from + length)
    for (let at = within.indexOf(part); at !== -1; at = within.indexOf(part, at + 1)) {
      if (sought.length <= WORD_MAX && !isWord(within, at, length)) continue
      const [start, end] = isBase64 ? aroundBase64(text, at, at + length) : [at, at + length]
      isSecret.fill(true, start, end)
    }
  }
}

/** As long as before, unlike `toLowerCase`. */
function inSmallLetters(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function isWord(text: string, at: number, length: number): boolean {
  const isPartOfWord = (index: number) => /[\p{L}\p{N}_]/u.test(text[index] ?? ' ')
  return !isPartOfWord(at - 1) && !isPartOfWord(at + length)
}

const BASE64 = /[\w+/=-]/

function aroundBase64(text: string, start: number, end: number): readonly [start: number, end: number] {
  let [first, last] = [start, end]
  while (BASE64.test(text[first - 1] ?? ' ')) first -= 1
  while (BASE64.test(text[last] ?? ' ')) last += 1
  return [first, last]
}

function withoutMarked(text: string, isSecret: readonly boolean[]): string {
  let told = ''
  for (let index = 0; index < text.length; index += 1) {
    if (!isSecret[index]) told += text[index]
    else if (!isSecret[index - 1]) told += CONCEALED
  }
  return told
}

/** Conceals user, password and query of each address, the token of a header, and tokens of a known form. */
function withoutCredentials(text: string): string {
  return text
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>@]*(?:@[^\s/?#"'<>@]*)*@/gi, `$1${CONCEALED}@`)
    .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*\?)[^\s#"'<>]+/gi, `$1${CONCEALED}`)
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${CONCEALED}`)
    .replaceAll(/\beyJ[\w-]{10,}(?:\.[\w-]+){0,2}/g, CONCEALED)
}

/** {@link concealed} for every text in a value. */
export function allConcealed<T>(value: T, secrets: ReadonlySet<string>): T {
  const clean = (one: unknown): unknown => {
    if (typeof one === 'string') return concealed(one, secrets)
    if (Array.isArray(one)) return one.map(clean)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([name, part]) => [name, clean(part)]))
  }
  return clean(value) as T
}

/** What is secret in the addresses of settings: passwords, and long values of their queries. */
export function secretsInAddresses(written: unknown): readonly string[] {
  if (typeof written === 'object' && written !== null) return Object.values(written).flatMap(secretsInAddresses)
  if (typeof written !== 'string' || !URL.canParse(written)) return []
  const { password, searchParams } = new URL(written)
  const values = [...searchParams.values()].filter(({ length }) => length >= PART)
  return [...(password === '' ? [] : [plainOf(password)]), ...values]
}

function plainOf(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}
