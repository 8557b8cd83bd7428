import { createHash } from 'node:crypto'
import type { Language } from '@drawbridge/contracts'

/** What the page says, by what became of the alert. */
export type AcknowledgePage =
  | { readonly kind: 'ask'; readonly trader: string; readonly alert: string }
  | { readonly kind: 'done' | 'over' }
  | { readonly kind: 'known'; readonly by: string }
  /** Kept, and not done yet. */
  | { readonly kind: 'waits'; readonly reason: string }
  /** The link is none. */
  | { readonly kind: 'refused' }

interface Texts {
  readonly title: string
  readonly button: string
  readonly ask: (trader: string, alert: string) => string
  readonly done: string
  readonly over: string
  readonly known: (by: string) => string
  readonly waits: (reason: string) => string
  readonly refused: string
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    title: 'Acknowledge an alert',
    button: 'Acknowledge',
    ask: (trader, alert) =>
      `${trader}: ${alert}. To acknowledge says that you take care of it: it is not repeated any more. Nothing is resumed.`,
    done: 'Acknowledged: no more repetitions.',
    over: 'It is over already, or something newer was told since then.',
    known: (by) => `It was acknowledged by ${by} before.`,
    waits: (reason) => `Kept, and not done yet: ${reason}.`,
    refused: 'This link is not complete, or too old. Acknowledge the alert in the console.',
  },
  de: {
    title: 'Eine Meldung bestätigen',
    button: 'Bestätigen',
    ask: (trader, alert) =>
      `${trader}: ${alert}. Wer bestätigt, kümmert sich darum: es wird nicht mehr wiederholt. Nichts wird fortgesetzt.`,
    done: 'Bestätigt: keine Wiederholungen mehr.',
    over: 'Das ist schon vorbei, oder seither wurde Neueres gemeldet.',
    known: (by) => `Das hat ${by} schon bestätigt.`,
    waits: (reason) => `Vermerkt, und noch nicht getan: ${reason}.`,
    refused: 'Dieser Link ist unvollständig oder zu alt. Bestätige in der Konsole.',
  },
}

const STYLE =
  ':root{color-scheme:light dark}body{font:1.1rem system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.7rem 1.5rem}'

/** Nothing comes from elsewhere, and nothing runs. The address is a key: it is told to nobody else. */
export const PAGE_HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // The web app of ntfy sees whether its button worked. The answer says nothing to who has no link.
  'access-control-allow-origin': '*',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const

export function acknowledgePage(page: AcknowledgePage, language: Language): string {
  const texts = TEXTS[language]
  // A form without an address sends to the address of its page.
  const form = page.kind === 'ask' ? `<form method="post"><button>${escaped(texts.button)}</button></form>` : ''
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(texts.title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(texts.title)}</h1><p>${escaped(sentenceOf(page, texts))}</p>${form}</body></html>
`
}

function sentenceOf(page: AcknowledgePage, texts: Texts): string {
  switch (page.kind) {
    case 'ask':
      return texts.ask(page.trader, page.alert)
    case 'known':
      return texts.known(page.by)
    case 'waits':
      return texts.waits(page.reason)
    case 'done':
    case 'over':
    case 'refused':
      return texts[page.kind]
    default:
      return page satisfies never
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
