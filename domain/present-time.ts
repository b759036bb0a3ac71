/**
 * The time to judge ages and expiry by, in milliseconds: the clock, but never before what the record has seen. A clock that
 * is set back makes nothing valid again, and opens no window that has closed.
 * @param recorded ISO time of the latest event of the record
 */
export function timeToJudgeBy(now: number, recorded: string | undefined): number {
  const seen = recorded === undefined ? Number.NaN : Date.parse(recorded);
  return Number.isNaN(seen) ? now : Math.max(now, seen);
}
