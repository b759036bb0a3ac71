import { z } from 'zod';
import { manifestSchema } from '../../domain/manifest.ts';
import type { Path } from './yaml-source.ts';

interface SchemaNode {
  readonly $ref?: string;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly const?: unknown;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode | boolean;
  readonly prefixItems?: readonly SchemaNode[];
}

let schema: (SchemaNode & Record<string, unknown>) | undefined;

/** JSON Schema of a manifest, for editors. */
export function manifestJsonSchema(): Record<string, unknown> {
  schema ??= {
    ...(z.toJSONSchema(manifestSchema, { io: 'input' }) as SchemaNode),
    title: 'Slipway manifest',
  };
  return schema;
}

/**
 * The keys that may stand at a path of a manifest.
 * @param value what stands there: of a choice (kind, format) only the branch counts that was chosen
 */
export function knownKeys(path: Path, value?: unknown): string[] {
  let nodes = branches(manifestJsonSchema());
  for (const part of path) {
    nodes = nodes.flatMap((node) => below(node, part)).flatMap(branches);
  }
  const chosen = nodes.filter((node) => isChosen(node, value));
  const meant = chosen.length === 0 ? nodes : chosen;
  return [...new Set(meant.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function isChosen({ properties = {}, required = [] }: SchemaNode, value: unknown): boolean {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return Object.entries(properties).every(
    ([name, member]) =>
      member.const === undefined ||
      (given[name] === undefined ? !required.includes(name) : given[name] === member.const),
  );
}

function below(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  if (typeof part === 'number') {
    const item = node.prefixItems?.[part] ?? node.items;
    return typeof item === 'object' ? [item] : [];
  }
  const member = node.properties?.[String(part)] ?? node.additionalProperties;
  return typeof member === 'object' ? [member] : [];
}

/** The node itself, or the nodes it stands for. */
function branches(node: SchemaNode): SchemaNode[] {
  const name = node.$ref?.slice('#/$defs/'.length);
  if (name !== undefined) {
    const defs = manifestJsonSchema()['$defs'] as Record<string, SchemaNode> | undefined;
    const target = defs?.[name];
    return target === undefined ? [] : branches(target);
  }
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  return parts.length === 0 ? [node] : parts.flatMap(branches);
}
