import { z } from 'zod';
import { manifestSchema } from '../../domain/manifest.ts';
import { programmeShape } from '../../domain/programme-shape.ts';
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

let manifest: (SchemaNode & Record<string, unknown>) | undefined;

let programme: (SchemaNode & Record<string, unknown>) | undefined;

/** JSON Schema of a programme plan, for editors. */
export function programmeJsonSchema(): Record<string, unknown> {
  programme ??= {
    ...(z.toJSONSchema(programmeShape, { io: 'input' }) as SchemaNode),
    title: 'Slipway programme plan',
  };
  return programme;
}

/** JSON Schema of a manifest, for editors. */
export function manifestJsonSchema(): Record<string, unknown> {
  manifest ??= {
    ...(z.toJSONSchema(manifestSchema, { io: 'input' }) as SchemaNode),
    title: 'Slipway manifest',
  };
  return manifest;
}

/**
 * The keys that may stand at a path of a document.
 * @param value what stands there: of a choice (kind, format) only the branch counts that was chosen
 * @param schema of the document: a manifest unless it is given
 */
export function knownKeys(
  path: Path,
  value?: unknown,
  schema: Record<string, unknown> = manifestJsonSchema(),
): string[] {
  const open = (node: SchemaNode): SchemaNode[] => branches(node, schema);
  let nodes = open(schema);
  for (const part of path) nodes = nodes.flatMap((node) => below(node, part)).flatMap(open);
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
function branches(node: SchemaNode, schema: Record<string, unknown>): SchemaNode[] {
  const name = node.$ref?.slice('#/$defs/'.length);
  if (name !== undefined) {
    const defs = schema['$defs'] as Record<string, SchemaNode> | undefined;
    const target = defs?.[name];
    return target === undefined ? [] : branches(target, schema);
  }
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  return parts.length === 0 ? [node] : parts.flatMap((part) => branches(part, schema));
}
