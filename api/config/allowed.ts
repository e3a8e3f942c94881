// What a field of the configuration may hold, in words. One source for the error messages and the
// documentation: the JSON Schema of the configuration, with our `allowed` texts in it. PURE.
import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The parts of JSON Schema (2020-12) that our schemas produce. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly allowed?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** JSON Schema of the configuration file as people write it: fields with a default are optional. */
export const configJsonSchema = z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;

/** The schema without `null`, and whether null was possible. */
export function unwrap(node: SchemaNode): {
  readonly node: SchemaNode;
  readonly nullable: boolean;
} {
  const inner = node.anyOf?.find((option) => option.type !== 'null');
  return inner === undefined ? { node, nullable: false } : { node: inner, nullable: true };
}

/** The schema at a path, or null where the path leads out of the schema. */
export function schemaAt(root: SchemaNode, path: readonly (string | number)[]): SchemaNode | null {
  let at: SchemaNode | undefined = root;
  for (const step of path) {
    const { node }: { readonly node: SchemaNode } = unwrap(at);
    const named: SchemaNode | boolean | undefined =
      typeof step === 'number'
        ? node.items
        : (node.properties?.[step] ?? node.additionalProperties);
    if (typeof named !== 'object') return null;
    at = named;
  }
  return at;
}

/** `a whole number from 1 to 65535`, `one of udp, tcp`, `a list`, ... with `or null` at its end. */
export function allowedText(node: SchemaNode): string {
  const inner = unwrap(node);
  return valueText(inner.node) + (inner.nullable ? ', or null' : '');
}

function valueText(node: SchemaNode): string {
  if (node.allowed !== undefined) return node.allowed;
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  switch (node.type) {
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'number':
      return `a number from ${node.minimum} to ${node.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return listText(node);
    case 'object':
      return 'keys with values';
    default:
      return 'text';
  }
}

function listText(node: SchemaNode): string {
  const least = node.minItems === undefined ? 'up to' : `${node.minItems} to`;
  const of = node.items?.type === 'object' ? 'entries' : `entries, each ${listed(node.items)}`;
  return `a list of ${least} ${node.maxItems} ${of}`;
}

function listed(items: SchemaNode | undefined): string {
  return items === undefined ? 'a value' : allowedText(items);
}
