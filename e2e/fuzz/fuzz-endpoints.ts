import { checkEndpoint, httpInputAt, openServers, type Servers } from './http-endpoints.ts'
import { type RangeResult, Tally } from './tally.ts'

/** An endpoint is far slower than a decoder: one body for this many inputs. */
const INPUTS_PER_BODY = 100

let endpoints: Promise<Servers> | null = null

/** Sends the bodies of a seed with positions in the range to the endpoints. */
export async function fuzzEndpoints(seed: number, from: number, count: number): Promise<RangeResult> {
  endpoints ??= openServers()
  const opened = await endpoints
  const tally = new Tally()
  for (
    let index = Math.ceil(from / INPUTS_PER_BODY) * INPUTS_PER_BODY;
    index < from + count;
    index += INPUTS_PER_BODY
  ) {
    const input = httpInputAt(seed, index)
    const began = performance.now()
    const checked = await checkEndpoint(opened, input)
    tally.add(
      { index, name: `${input.method} ${input.url.slice(0, 60)}`, bytes: input.bytes },
      checked,
      performance.now() - began,
    )
  }
  return tally.result
}
