/** An event of the risk log that cannot be read: no guardian may go on without it. @param where its subject or trader, as words that follow on */
export function unreadableEvent(seq: number, where: string, reason: string): Error {
  return new Error(
    `event ${seq} of the risk log${where} cannot be read: ${reason}; ` +
      'it was written by something other than a guardian, or by a newer one: upgrade this one',
  )
}
