// Examples for every operation of the API description, made from the schemas themselves, so that
// none can be forgotten or out of date: a schema's own `example` first, then what a field of that
// name usually holds, then the least that fits. PURE.

/** A JSON Schema as far as examples need it. */
export interface ExampleSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, ExampleSchema>>;
  readonly items?: ExampleSchema;
  readonly additionalProperties?: ExampleSchema | boolean;
  readonly anyOf?: readonly ExampleSchema[];
  readonly oneOf?: readonly ExampleSchema[];
  readonly allOf?: readonly ExampleSchema[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

export type Schemas = Readonly<Record<string, ExampleSchema>>;

const ID = '3f0d6b52-8f0a-4c7e-9a31-5b2f6f1c7d10';
const MOMENT = '2026-01-05T09:00:00.000Z';
const MAX_DEPTH = 8;

/** What fields of these names hold, where their schema says no more than that it is a text. */
const TEXTS: Readonly<Record<string, string>> = {
  queueId: 'support',
  agentId: 'anna',
  username: 'anna',
  displayName: 'Anna Weber',
  password: 'a long password',
  customerNumber: '+12025550123',
  number: '+12025550123',
  callId: '7c1f2a@192.0.2.10',
  sipCallId: '7c1f2a@192.0.2.10',
  url: 'https://crm.example/ringback',
  host: 'carrier.example',
  address: '192.0.2.20',
  local: '192.0.2.10:5060',
  remote: '192.0.2.20:5060',
  source: '192.0.2.66',
  skill: 'english',
  language: 'en',
  prompt: 'closed',
  digits: '42#',
  decision: 'accept',
  timeZone: 'Europe/Berlin',
  secret: 'whsec_shown-only-now',
  audioUrl: `/api/v1/recordings/${ID}_3_0/audio`,
  recordingId: `${ID}_3_0`,
  trunk: 'carrier',
  group: 'carriers',
  reason: 'AGENT_CONNECTED',
  result: 'CONNECTED',
  protocol: 'udp',
  summary: 'It waits for an agent; two are ahead.',
  customerText: 'You are third in line.',
  text: 'Thank you, that helps.',
};

/** A value that fits the schema. @param name of the field it is for */
export function exampleOf(schema: ExampleSchema, schemas: Schemas, name = '', depth = 0): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? null : exampleOf(target, schemas, name, depth + 1);
  }
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) {
    const first = choice.find(({ type }) => type !== 'null') ?? {};
    return exampleOf(first, schemas, name, depth);
  }
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => exampleOf(part, schemas, name, depth));
    const objects = parts.filter(
      (part): part is object => typeof part === 'object' && part !== null,
    );
    const whole = Object.entries(objectOf(schema, schemas, depth));
    if (objects.length === 0) return parts[0];
    return Object.fromEntries([...objects.flatMap((part) => Object.entries(part)), ...whole]);
  }
  return plain(schema, schemas, name, depth);
}

function plain(schema: ExampleSchema, schemas: Schemas, name: string, depth: number): unknown {
  const { type: types } = schema;
  const type = typeof types === 'string' ? types : types?.find((one) => one !== 'null');
  switch (type) {
    case 'object':
      return objectOf(schema, schemas, depth);
    case 'array':
      if (schema.items === undefined || depth > MAX_DEPTH) return [];
      return [exampleOf(schema.items, schemas, singular(name), depth + 1)];
    case 'string':
      return textOf(schema, name);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, Math.min(1, schema.maximum ?? 1));
    case 'boolean':
      return schema.default ?? true;
    default:
      return null;
  }
}

function objectOf(schema: ExampleSchema, schemas: Schemas, depth: number): object {
  if (depth > MAX_DEPTH) return {};
  const entries = Object.entries(schema.properties ?? {}).map(([field, inner]) => {
    return [field, exampleOf(inner, schemas, field, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function textOf({ pattern, format, default: usual }: ExampleSchema, name: string): string {
  if (typeof usual === 'string') return usual;
  const known = TEXTS[name] ?? (isMomentName(name) || format === 'date-time' ? MOMENT : undefined);
  const candidates = [known, /id$/i.test(name) ? ID : undefined, name, 'example', '1', ID];
  const fits = pattern === undefined ? () => true : patternOf(pattern);
  return candidates.find((text) => text !== undefined && text !== '' && fits(text)) ?? 'example';
}

function patternOf(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern, 'u');
  return (text) => expression.test(text);
}

const isMomentName = (name: string): boolean =>
  /(?:At|Until|From|To)$/.test(name) || ['at', 'from', 'to', 'since', 'until'].includes(name);

const singular = (name: string): string => name.replace(/s$/, '');
