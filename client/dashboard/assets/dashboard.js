// Runs on every page. Nothing here is needed to read a page or to send a form.
import {
  Button,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  ServiceNavigation,
} from './govuk-frontend.js';
import { followStream } from './live.js';

// What GOV.UK Frontend looks for before it starts. Its own snippet is inline, which our policy does not run.
document.body.classList.add('js-enabled', 'govuk-frontend-supported');
for (const component of [
  Button,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  ServiceNavigation,
])
  createAll(component);

openTarget();
addEventListener('hashchange', openTarget);

const { stream } = document.body.dataset;
if (stream !== undefined) followStream(stream, () => createAll(Button));

/** A link to something inside a closed part opens that part. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = target?.closest('details:not([open])');
  if (closed) {
    closed.open = true;
    target.scrollIntoView();
  }
}
