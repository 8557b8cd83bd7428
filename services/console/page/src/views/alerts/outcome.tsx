interface OutcomeProps {
  readonly outcome: { readonly isFault: boolean; readonly words: string } | null
}

/** What became of a command; screen readers announce it. */
export function Outcome({ outcome }: OutcomeProps) {
  return (
    <p class={outcome?.isFault === true ? 'fault' : 'quiet'} role="status">
      {outcome?.words}
    </p>
  )
}
