interface ChangedMeanwhileProps {
  readonly message: string
  readonly onLookAgain: () => void
}

/** What the second of two people is told: nothing is done by what is not so any more. */
export function ChangedMeanwhile({ message, onLookAgain }: ChangedMeanwhileProps) {
  return (
    <section class="outcome" data-outcome="refused" role="alert">
      <h3>Somebody else has changed it meanwhile</h3>
      <p>{message}</p>
      <button type="button" onClick={onLookAgain}>
        Show what is in force now
      </button>
    </section>
  )
}
