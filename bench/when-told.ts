/**
 * Reports that this process is ready, does the work on request, and reports how long it took.
 * @param work returns when it is done
 */
export function whenTold(work: () => Promise<unknown>): void {
  process.on('message', async (message: { readonly kind: string }) => {
    if (message.kind !== 'go') return
    const begun = performance.now()
    await work()
    console.log(JSON.stringify({ msg: 'done', seconds: (performance.now() - begun) / 1_000 }))
  })
  console.log(JSON.stringify({ msg: 'loaded' }))
}
