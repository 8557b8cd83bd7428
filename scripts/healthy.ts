/**
 * Whether the service in this container is ready: `node scripts/healthy.ts 8080`. Its image has no curl, and needs none.
 * Exit code 0: it is; 1: it is not, which standard error explains.
 */
const port = process.argv[2]
// A certificate is for those who come by the service's name, which is not this one.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
process.removeAllListeners('warning')
const scheme = process.env.HTTP_TLS_CERT_FILE ? 'https' : 'http'

try {
  const response = await fetch(`${scheme}://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) })
  if (!response.ok) throw new Error(await response.text())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
