/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

/** HTML from a template; whatever is put in is escaped, unless it is HTML already. Lists are joined. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += textOf(value) + (parts[index + 1] ?? '');
  return { html: text };
}

/** A cell of a table; `code` sets hashes and file names. */
export function code(text: string): Html {
  return html`<code>${text}</code>`;
}

/** A table with a caption that can be read out row by row. Without rows it is one sentence. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | Html)[])[],
  none: string,
): Html {
  if (rows.length === 0) return html`<p>${none}</p>`;
  const [first = '', ...more] = head;
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">${first}</th>${more.map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([title = '', ...cells]) =>
      html`<tr><th scope="row">${title}</th>${cells.map((each) => html`<td>${each}</td>`)}</tr>
`,
  )}</tbody>
</table></div>
`;
}

function textOf(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map((each) => each.html).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
