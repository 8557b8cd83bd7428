import { useState } from 'preact/hooks'
import { BulkDialog, type BulkKind } from './bulk-dialog.tsx'

/** What can be done with the selected traders. */
export function BulkBar({ traders, onDone }: { readonly traders: readonly string[]; readonly onDone: () => void }) {
  const [asked, setAsked] = useState<BulkKind | null>(null)
  return (
    <section class="bulk" aria-label="Selected traders">
      <span>{traders.length === 1 ? '1 trader is selected' : `${traders.length} traders are selected`}</span>
      <button type="button" onClick={() => setAsked('pause')}>
        Pause …
      </button>
      <button type="button" onClick={() => setAsked('resume')}>
        Resume …
      </button>
      <button type="button" class="plain" onClick={onDone}>
        Select none
      </button>
      {asked !== null && <BulkDialog kind={asked} traders={traders} onClose={() => setAsked(null)} />}
    </section>
  )
}
