import { number } from './format.ts';

/** One member of a step's input, for people who write it. */
export interface InputField {
  /** `files.<name>.encoding`. */
  readonly name: string;
  /** `number, 1 to 16`. */
  readonly type: string;
  readonly description: string;
}

/** The part of JSON Schema that inputs of steps use. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** The members of an input by its JSON Schema, in the schema's order. Empty for a step that takes none. */
export function inputFields(schema: Schema, prefix = ''): InputField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    fieldsOf(`${prefix}${name}`, member),
  );
}

function fieldsOf(name: string, schema: Schema): InputField[] {
  if (schema.properties !== undefined) return inputFields(schema, `${name}.`);
  if (typeof schema.additionalProperties === 'object')
    return fieldsOf(`${name}.<name>`, schema.additionalProperties);
  return [{ name, type: typeOf(schema), description: schema.description ?? '' }];
}

function typeOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'integer' || schema.type === 'number') {
    const { minimum, maximum } = schema;
    const range =
      minimum === undefined || maximum === undefined
        ? ''
        : `, ${number(minimum)} to ${number(maximum)}`;
    return `number${range}`;
  }
  if (schema.format === 'date-time') return 'date and time with its offset';
  if (schema.minLength === 1 && schema.maxLength === 1) return 'one character';
  return schema.type === 'string' ? 'text' : (schema.type ?? 'anything');
}
