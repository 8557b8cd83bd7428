/**
 * Who does something and why, as it is kept: the one who is known, and in the reason for whom, as that one says.
 * @param author the user of NATS, or where there are none that of the operating system
 */
export function wordOf<Reason extends string | null>(
  author: string,
  onBehalfOf: string | undefined,
  reason: Reason,
): { readonly by: string; readonly reason: string | Reason } {
  if (onBehalfOf === undefined || onBehalfOf === author) return { by: author, reason }
  const other = `on behalf of ${onBehalfOf}`
  return { by: author, reason: reason === null ? other : `${reason} (${other})` }
}
