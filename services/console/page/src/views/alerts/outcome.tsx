interface OutcomeProps {
  readonly outcome: { readonly isFault: boolean; readonly words: string } | null
}

/** What became of a command, said aloud by screen readers. */
export function Outcome({ outcome }: OutcomeProps) {
  return (
    <p class={outcome?.isFault === true ? 'fault' : 'quiet'} role="status">
      {outcome?.words}
    </p>
  )
}
