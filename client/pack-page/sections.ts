import type { PackContents, PackIndex } from '../../domain/evidence-pack.ts';
import { documentPart, SEAL_KIND } from '../../domain/evidence-pack.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Person } from '../../domain/manifest-shape.ts';
import type { Role } from '../../domain/roles.ts';
import type { PeriodVariances } from '../../store/pack/write-pack.ts';
import type { CriterionRow } from '../dashboard/words/criteria.ts';
import type { EventLine } from '../dashboard/words/event-words.ts';
import { keyFacts } from '../dashboard/words/facts.ts';
import {
  capital,
  count,
  date,
  dateTime,
  number,
  pence,
  shortHash,
  spaced,
} from '../dashboard/words/format.ts';
import { ROLE_NAMES, roleList, stepTitle } from '../dashboard/words/names.ts';
import { code, html, table } from './html.ts';
import type { Html } from './html.ts';
import { STYLE } from './style.ts';

/** A manifest that came into force. */
export interface VersionInForce {
  readonly manifest: string;
  readonly at: string;
  readonly by: string;
}

/** What a gate measured. */
export interface Statement {
  readonly step: string;
  readonly at: string;
  readonly kind: string;
  readonly hash: string;
  readonly rows: readonly CriterionRow[];
}

/** What a person decided, in words. */
export interface Told extends EventLine {
  readonly role: Role | undefined;
  /** Hash of the document that it was decided on. */
  readonly evidence: string | undefined;
  readonly impact: string | undefined;
  readonly expires: string | undefined;
}

/** What a step found. */
export interface Outcome {
  readonly step: string;
  readonly at: string;
  readonly output: JsonObject;
}

export interface PageModel {
  readonly contents: Omit<PackContents, 'parts'>;
  readonly people: readonly Person[];
  readonly versions: readonly VersionInForce[];
  readonly statements: readonly Statement[];
  readonly decisions: readonly Told[];
  /** Decisions that are not in the table. */
  readonly more: number;
  readonly waivers: readonly Told[];
  readonly outcomes: readonly Outcome[];
  readonly periods: readonly PeriodVariances[];
  readonly index: PackIndex;
}

const SECTIONS: readonly (readonly [
  id: string,
  title: string,
  write: (model: PageModel) => Html,
])[] = [
  ['people', 'Who was in charge', peopleSection],
  ['decisions', 'Who decided what, and on which evidence', decisionSection],
  ['waivers', 'What was waived or skipped', waiverSection],
  ['criteria', 'Criteria and verdicts', criteriaSection],
  ['totals', 'What each step found', outcomeSection],
  ['variances', 'Pay differences', varianceSection],
  ['manifests', 'Manifests', manifestSection],
  ['documents', 'Documents', documentSection],
  ['privacy', 'What is not in this file', privacySection],
  ['check', 'How to check this file', checkSection],
];

/** Most documents of one kind in the page's table. */
const MOST = 500;

/** The whole page. */
export function page(model: PageModel): string {
  const { contents } = model;
  const closed = contents.status === 'closed';
  const as = `As of event ${number(contents.asOf.event)}${contents.asOf.at === null ? '' : `, ${dateTime(contents.asOf.at)}`}`;
  const state = closed
    ? `${as}. The onboarding is closed.`
    : `${as}. The onboarding is not closed: this is the record so far (${spaced(contents.status)}).`;
  const body = html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence pack – ${contents.name}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header><div>Slipway – evidence pack</div></header>
<main>
<h1>Evidence pack: ${contents.name}</h1>
<p class="note">${state}</p>
<p>This is the record of how ${contents.name} (<code>${contents.onboarding}</code>) was brought onto the shared platform:
${count(contents.counts.events, 'event')}, ${count(contents.counts.documents, 'document')},
${count(contents.counts.decisions, 'decision')} by people, ${count(contents.counts.waivers, 'waiver or skipped step', 'waivers or skipped steps')},
${count(contents.counts.manifests, 'manifest')} and ${count(contents.counts.variances, 'pay difference')}.</p>
<nav aria-label="Contents"><ul>${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${SECTIONS.map(([id, title, write]) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${write(model)}</section>`)}
</main>
<footer>Signed by key ${code(contents.signedBy)}</footer>
</body>
</html>
`;
  return body.html;
}

function peopleSection({ people }: PageModel): Html {
  return table(
    'People of the manifest in force',
    ['Name', 'Reference', 'Roles'],
    people.map(({ id, name, roles }) => [name, code(id), roleList(roles, 'and')]),
    'The manifest names nobody.',
  );
}

function decisionSection({ decisions, more, index }: PageModel): Html {
  const rows = decisions.map((each) => [
    dateTime(each.at),
    each.text,
    who(each),
    each.reason ?? '',
    each.evidence === undefined ? '' : documentLink(index, each.evidence),
    number(each.position),
  ]);
  const rest =
    more === 0
      ? html``
      : html`<p>${count(more, 'more decision')} in ${part('decisions.json')}.</p>`;
  return html`${table(
    'Decisions, in the order in which they were recorded',
    ['When', 'What', 'Who', 'Reason', 'Evidence', 'Event'],
    rows,
    'Nobody has decided anything yet.',
  )}${rest}`;
}

function waiverSection({ waivers }: PageModel): Html {
  return table(
    'Waivers and skipped steps',
    ['When', 'What', 'Who', 'Reason', 'Impact', 'Expires'],
    waivers.map((each) => [
      dateTime(each.at),
      each.text,
      who(each),
      each.reason ?? '',
      each.impact ?? '',
      each.expires === undefined ? '' : dateIn(each.expires),
    ]),
    'Nothing was waived and no step was skipped.',
  );
}

function criteriaSection({ statements, index }: PageModel): Html {
  if (statements.length === 0) return html`<p>No gate has been measured yet.</p>`;
  return html`<p>Of each gate, what was measured last. Earlier measurements are among the documents.</p>
${statements.map(
  ({ step, at, hash, rows }) => html`<h3>${stepTitle(step)}</h3>
<p>Measured ${dateTime(at)}. ${documentLink(index, hash)}</p>
${table(
  `Criteria of ${stepTitle(step)}`,
  ['Criterion', 'Value', 'Threshold', 'Verdict', 'Waiver'],
  rows.map((row) => [
    row.title,
    row.value,
    row.threshold,
    html`<strong class="${colour(row)}">${row.verdict.text}</strong>`,
    row.waiver === undefined
      ? ''
      : `${row.waiver.by}: ${row.waiver.reason}. Impact: ${row.waiver.impact}. Until ${row.waiver.expires}`,
  ]),
  'It had no criteria.',
)}`,
)}`;
}

function colour({ verdict }: CriterionRow): string {
  return verdict.classes.replace('govuk-tag--', '');
}

function outcomeSection({ outcomes }: PageModel): Html {
  return table(
    'Steps that succeeded, with their key figures: rows of each load, reconciliations, comparisons',
    ['Step', 'When', 'Found'],
    outcomes.map(({ step, at, output }) => [
      stepTitle(step),
      dateTime(at),
      keyFacts(step, output, Number.POSITIVE_INFINITY)
        .map((fact) => `${fact.name}: ${fact.text}`)
        .join('; '),
    ]),
    'No step has succeeded yet.',
  );
}

function varianceSection({ periods }: PageModel): Html {
  if (periods.length === 0)
    return html`<p>No pay differences were found, or nothing was compared yet.</p>`;
  return html`${periods.map(({ period, groups }) =>
    table(
      `Pay period ${period}, by cause`,
      ['Element and class', 'People', 'Differences', 'Sum', 'Over tolerance', 'Explained'],
      groups
        .slice(0, MOST)
        .map((group) => [
          `${group.element}, ${spaced(group.class)}`,
          number(group.people),
          number(group.lines),
          pence(group.totalPence),
          group.overTolerance ? 'yes' : 'no',
          group.decision === null
            ? 'no'
            : `${spaced(group.decision)}: ${group.cause ?? ''} (${group.explainedBy ?? ''})`,
        ]),
      'No differences.',
    ),
  )}<p>Every single difference, without names and without pay, is in the folder ${code('variances')}.</p>`;
}

function manifestSection({ versions }: PageModel): Html {
  return table(
    'Manifests, in the order in which they came into force',
    ['In force from', 'By', 'Manifest', 'As it was written'],
    versions.map(({ manifest, at, by }) => [
      dateTime(at),
      by,
      part(`manifests/${manifest}.json`, shortHash(manifest)),
      part(`manifests/${manifest}.yaml`, 'YAML'),
    ]),
    'There is none.',
  );
}

/** What the documents of a kind are, where the name of the kind alone would not say it. */
const KINDS: Readonly<Record<string, string>> = {
  'compiled-mapping': 'Mapping, as it is carried out',
  'mapping-to-confirm': 'Mapping, as it was confirmed',
  'quarantine-by-rule': 'Rows that could not be loaded, by rule',
  comparison: 'Comparison of pay',
  'variance-groups': 'Pay differences by cause',
  'gate-statement': 'Criteria of a gate',
  'readiness-statement': 'Readiness for the cutover',
  [SEAL_KIND]: 'The record as it was announced at the close',
};

function documentSection({ index }: PageModel): Html {
  const kinds = new Map<string, PackIndex>();
  for (const each of index) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each]);
  return html`<p>Each document is a file of its own. Its name is its SHA-256: ${code('sha256sum')} of the file gives it.</p>
${[...kinds].map(
  ([kind, documents]) =>
    html`${table(
      KINDS[kind] ?? capital(spaced(kind)),
      ['Of the step', 'Recorded', 'Document'],
      documents
        .slice(0, MOST)
        .map(({ step, at, hash }) => [
          stepTitle(step),
          dateTime(at),
          part(documentPart(kind, hash), shortHash(hash)),
        ]),
      '',
    )}${documents.length > MOST ? html`<p>${count(documents.length - MOST, 'more document')} in ${part('documents.json')}.</p>` : html``}`,
)}`;
}

function privacySection(): Html {
  return html`<ul>
<li>No personal values of the people who are moved: no names, National Insurance numbers, bank accounts or addresses, and nothing that anybody is paid.</li>
<li>Pay differences are listed one by one with the difference alone. The person is a number that means something in this file only.</li>
<li>Documents may name rows by their key, such as a payroll number, where a decision was about these rows.</li>
<li>People who decided are named: the manifest names them for that. Reasons are what they wrote.</li>
<li>The rows themselves stay in the systems they are in.</li>
</ul>`;
}

function checkSection({ contents }: PageModel): Html {
  return html`<ol>
<li>With Slipway, without any server: ${code('slipway evidence verify FILE')}. It names what was altered, if anything was.</li>
<li>Compare the fingerprint of the key with one that you got another way: ${code(contents.signedBy)}. With ${code('--key')}, Slipway does it.</li>
<li>Without Slipway: ${code('openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -sigfile contents.json.sig -in contents.json')}
checks the signature; ${code('contents.json')} has the SHA-256 of every part.</li>
<li>The last link of the chain of events is ${code(contents.asOf.chain)}. Whoever noted a link earlier finds it in the folder ${code('events')}.</li>
</ol>`;
}

function who({ by, role }: Told): string {
  if (by === undefined) return '';
  return role === undefined ? by : `${by}, ${ROLE_NAMES[role] ?? role}`;
}

function dateIn(text: string): string {
  return Number.isNaN(Date.parse(text)) ? text : date(text);
}

function documentLink(index: PackIndex, hash: string): Html {
  const known = index.find((each) => each.hash === hash);
  return known === undefined
    ? code(shortHash(hash))
    : part(documentPart(known.kind, hash), shortHash(hash));
}

function part(name: string, text = name): Html {
  return html`<a href="${name}">${code(text)}</a>`;
}
