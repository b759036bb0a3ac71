// Keeps a page as it would be if it were loaded now. The server says that something has changed; the page asks for its own
// newer content and takes over what is different, without disturbing whoever reads, has opened a part or is typing.
const { Idiomorph } = globalThis;

/** Silent for longer than this, the connection is lost. The server says something every 10 seconds. Milliseconds. */
const SILENCE = 25_000;
/** The least time between two looks. Milliseconds. */
const PAUSE = 500;
/** How long to wait before trying a connection again that the server ended. Milliseconds. */
const RECONNECT = 3_000;

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h12',
});

/** Parts that the reader has opened or closed stay so. */
const touched = new WeakSet();
document.addEventListener('click', ({ target }) => {
  const part = target instanceof Element ? target.closest('summary')?.parentElement : undefined;
  if (part) touched.add(part);
});

/** When the page was last known to show what there is. */
let current = Date.now();
let lost = false;

/**
 * Follows the stream at `url`.
 * @param {string} url
 * @param {() => void} onChange called after the page has changed
 */
export function followStream(url, onChange) {
  const look = oneAtATime(async () => {
    if (!(await takeNewer())) return;
    onChange();
  });
  // Hearing from the server is not enough once something was missed: only a look that succeeds is.
  const heard = () => {
    if (lost) void look();
    else current = Date.now();
  };
  const connect = () => {
    const source = new EventSource(url);
    // Whatever happened before the stream was open was not heard of.
    source.addEventListener('hello', () => void look());
    source.addEventListener('changed', () => void look());
    source.addEventListener('still-here', heard);
    source.addEventListener('error', () => {
      sayLost();
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, RECONNECT);
    });
  };
  connect();
  setInterval(() => {
    if (Date.now() - current > SILENCE) sayLost();
  }, 1_000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
}

/** Runs `work` again when it was asked for while it ran; never twice at once, never when nobody looks. */
function oneAtATime(work) {
  let running = false;
  let again = false;
  return async function run() {
    again = true;
    if (running || document.hidden) return;
    running = true;
    while (again) {
      again = false;
      await work();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    running = false;
  };
}

async function takeNewer() {
  let answer;
  try {
    answer = await fetch(location.href, { headers: { 'x-slipway-fragment': '1' } });
  } catch {
    sayLost();
    return false;
  }
  if (answer.status === 401) {
    say('You are signed out. Reload the page to sign in again.');
    return false;
  }
  if (!answer.ok) {
    sayLost();
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = page.querySelector('main');
  if (main === null) return false;
  document.title = page.title;
  current = Date.now();
  if (lost) sayConnected();
  Idiomorph.morph(document.querySelector('main'), main.innerHTML, {
    morphStyle: 'innerHTML',
    ignoreActiveValue: true,
    callbacks: { beforeNodeMorphed: mayChange, beforeAttributeUpdated: mayChangeAttribute },
  });
  return true;
}

/** A form in which something was written stays as it is, with the evidence that its reader has seen. */
function mayChange(node) {
  return !(node instanceof HTMLFormElement && [...node.elements].some(isChanged));
}

function isChanged(field) {
  if (field instanceof HTMLSelectElement)
    return (
      [...field.options].some((option) => option.selected !== option.defaultSelected) &&
      field.selectedIndex > 0
    );
  if (field.type === 'checkbox' || field.type === 'radio')
    return field.checked !== field.defaultChecked;
  if (field.type === 'hidden' || field instanceof HTMLButtonElement) return false;
  return 'defaultValue' in field && field.value !== field.defaultValue;
}

function mayChangeAttribute(name, node, change) {
  // What GOV.UK's scripts have noted on an element is not in the HTML of the server.
  if (name.startsWith('data-govuk-')) return false;
  // What is open may be being read, also where a search or a link of the page has opened it.
  return name !== 'open' || (change !== 'remove' && !touched.has(node));
}

function sayLost() {
  if (lost) return;
  lost = true;
  say(
    `Connection lost since ${clock.format(current).replace(' ', '')}. What you see may be old. Trying to connect again.`,
  );
}

function sayConnected() {
  lost = false;
  say('');
}

function say(text) {
  document.getElementById('connection').textContent = text;
}
