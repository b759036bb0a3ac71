/**
 * A signal that is aborted once somebody asks this process to stop: Ctrl-C, `kill`, a closed terminal. Asking again
 * changes nothing: every service has a limited time to stop.
 * @param withParent the end of a process that forked this one counts as well
 */
export function stopSignal({ withParent }: { withParent: boolean }): AbortSignal {
  const stop = new AbortController();
  const events = ['SIGINT', 'SIGTERM', 'SIGHUP', ...(withParent ? ['disconnect'] : [])];
  for (const event of events) process.on(event, () => stop.abort());
  return stop.signal;
}
