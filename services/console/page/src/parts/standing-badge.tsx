import { STANDING_WORDS, type Standing } from '../store/standing.ts'

/** The state of a trader: a word, a shape and a colour, so that none of them is needed. */
export function StandingBadge({ standing }: { readonly standing: Standing }) {
  const { name, about } = STANDING_WORDS[standing]
  return (
    <span class="standing" data-standing={standing} title={about}>
      <span class="mark" aria-hidden="true" />
      {name}
    </span>
  )
}
