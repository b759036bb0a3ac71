const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const DAY = 86_400_000;

/** What a clock in London shows at a moment, as if it were UTC. Milliseconds. */
function wallClock(moment: number): number {
  const part = Object.fromEntries(
    PARTS.formatToParts(moment).map(({ type, value }) => [type, value]),
  );
  const shown = `${part['year']}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}Z`;
  return Date.parse(shown) + (((moment % 1000) + 1000) % 1000);
}

/** The day in London at a moment, as `2027-03-26`. */
function londonDay(moment: number): string {
  return new Date(wallClock(moment)).toISOString().slice(0, 10);
}

/** The moment so many days later at the same time of day in London, also across a change of the clocks. */
export function londonDaysLater(moment: number, days: number): number {
  const wanted = wallClock(moment) + days * DAY;
  const guess = wanted - (wallClock(moment) - moment);
  return guess + (wanted - wallClock(guess));
}

/** The first and last days that a half-open stretch touches: one that ends at midnight does not touch the day after. */
export function londonDays(from: number, to: number): { first: string; last: string } {
  return { first: londonDay(from), last: londonDay(to - 1) };
}

/** A moment in London as people read it: `Sat 10 Apr 2027 19:00`. */
export function londonText(iso: string): string {
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(Date.parse(iso));
  return text.replaceAll(',', '');
}
