/** Reports that this process is ready, does the work on request, and reports how long it took. */
export function whenTold(work: () => Promise<unknown>): void {
  process.on('message', (message: { readonly kind: string }) => {
    if (message.kind === 'go') void timed(work)
  })
  console.log(JSON.stringify({ msg: 'loaded' }))
}

async function timed(work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await work()
  console.log(JSON.stringify({ msg: 'done', seconds: (performance.now() - begun) / 1_000 }))
}
