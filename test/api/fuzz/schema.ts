// From a JSON Schema (2020-12, as the API description uses it) to fast-check arbitraries: values
// that fit, values at the edges, and values broken on purpose. PURE.
import fc from 'fast-check';

/** The words of JSON Schema that the description uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** Ids and names that exist in the world, for fields that name things. */
export type Known = (field: string) => readonly unknown[];

const MAX_LENGTH = 300;
const MAX_ITEMS = 4;

/** What nobody has in mind who writes a handler. */
export const NASTY: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1, 0.5, 1e308, -1e308, 2 ** 53, -(2 ** 31) - 1],
  ...['', ' ', '0', 'null', 'NaN', 'Infinity', '1e999', '-1', '__proto__', 'constructor'],
  ...['\u0000', '\ud800', '\u202e', '\u{1f4de}', 'e\u0301', '\ufeff', '\r\n', '%00', '../../etc'],
  ...["' OR 1=1 --", '*', '"', '\\', '${1}', 'x'.repeat(5_000), '\u{1f4de}'.repeat(500)],
  ...['2026-13-45T99:99:99Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '2026-01-05'],
  ...['2026-01-05T09:00:00+23:59', '+12025550123', '112', '+999999999999999999'],
  ...[[], {}, [[]], [null], { a: { b: { c: {} } } }, { length: -1 }, Array(200).fill(0)],
];

/** Arbitraries of the schemas of one document, each made once. */
export class Generator {
  readonly #schemas: Schemas;
  readonly #known: Known;
  readonly #made = new Map<Schema, fc.Arbitrary<unknown>>();

  constructor(schemas: Schemas, known: Known) {
    this.#schemas = schemas;
    this.#known = known;
  }

  /** Values that fit, as far as a schema can say. @param field name, for things that exist */
  valid(schema: Schema, field = ''): fc.Arbitrary<unknown> {
    const made = this.#made.get(schema);
    if (made !== undefined) return made;
    const known = fc.nat().map((n) => {
      const values = this.#known(field);
      return values[n % Math.max(1, values.length)] ?? 'unknown';
    });
    const fitting = this.#fitting(schema, field);
    const choices: fc.WeightedArbitrary<unknown>[] = [{ weight: 4, arbitrary: fitting }];
    if (schema.example !== undefined) {
      choices.push({ weight: 3, arbitrary: fc.constant(schema.example) });
    }
    if (this.#known(field).length > 0) choices.push({ weight: 6, arbitrary: known });
    const arbitrary = choices.length === 1 ? fitting : fc.oneof(...choices);
    this.#made.set(schema, arbitrary);
    return arbitrary;
  }

  /** One that fits, with up to three places broken. */
  broken(schema: Schema): fc.Arbitrary<unknown> {
    const breaks = fc.array(fc.record({ place: fc.nat(), how: fc.nat() }), {
      minLength: 1,
      maxLength: 3,
    });
    return fc
      .tuple(this.valid(schema), breaks)
      .map(([value, all]) => all.reduce((at, { place, how }) => brokenAt(at, place, how), value));
  }

  #fitting(schema: Schema, field: string): fc.Arbitrary<unknown> {
    const { $ref, anyOf, oneOf, allOf } = schema;
    if ($ref !== undefined) {
      return this.valid(this.#schemas[$ref.split('/').at(-1) ?? ''] ?? {}, field);
    }
    const either = anyOf ?? oneOf;
    if (either !== undefined) return fc.oneof(...either.map((one) => this.valid(one, field)));
    if (allOf !== undefined) {
      const parts = allOf.map((one) => this.valid(one, field));
      return fc
        .tuple(...parts)
        .map((all) => (all.every(isObject) ? (Object.assign({}, ...all) as unknown) : all[0]));
    }
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any']);
    return fc.oneof(...types.map((type) => this.#typed(type, schema)));
  }

  #typed(type: string, schema: Schema): fc.Arbitrary<unknown> {
    switch (type) {
      case 'string':
        return textOf(schema);
      case 'integer':
      case 'number':
        return numberOf(type, schema);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array': {
        const minLength = schema.minItems ?? 0;
        const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS));
        return fc.array(this.valid(schema.items ?? {}), { minLength, maxLength });
      }
      case 'object':
        return this.#object(schema);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
    const fields = Object.entries(properties).map(
      ([name, schema]) => [name, this.valid(schema, name)] as const,
    );
    const record = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
    if (typeof additionalProperties !== 'object') return record;
    const others = fc.dictionary(
      fc.stringMatching(/^[\w.-]{1,12}$/),
      this.valid(additionalProperties),
      {
        maxKeys: MAX_ITEMS,
      },
    );
    return fc.tuple(record, others).map(([own, more]) => ({ ...more, ...own }));
  }
}

function textOf({ pattern, format, minLength = 0, maxLength = MAX_LENGTH }: Schema) {
  // Half of all times are near that of the world, so that some are accepted.
  if (format === 'date-time') {
    const near = fc.integer({ min: -3_600, max: 30 * 86_400 }).map((s) => ORIGIN_MS + s * 1_000);
    const any = fc.date({
      noInvalidDate: true,
      min: new Date(0),
      max: new Date(253_402_300_799_000),
    });
    return fc
      .oneof(
        near,
        any.map((date) => date.getTime()),
      )
      .map((ms) => new Date(ms).toISOString());
  }
  const most = Math.min(maxLength, MAX_LENGTH);
  if (pattern === undefined) {
    return fc.oneof(
      fc.string({ minLength, maxLength: most }),
      fc.string({ unit: 'binary', minLength, maxLength: most }),
    );
  }
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return fc.string({ minLength, maxLength: most });
  }
}

/** Where the clock of the tests stands. */
const ORIGIN_MS = Date.UTC(2026, 0, 5, 9);

function numberOf(type: 'integer' | 'number', schema: Schema): fc.Arbitrary<number> {
  const min = schema.minimum ?? (schema.exclusiveMinimum ?? -1_001) + 1;
  const max = schema.maximum ?? (schema.exclusiveMaximum ?? 1_000_001) - 1;
  const [low, high] = [Math.min(min, max), Math.max(min, max)];
  const edges = fc.constantFrom(low, high);
  if (type === 'integer')
    return fc.oneof(edges, fc.integer({ min: Math.ceil(low), max: Math.floor(high) }));
  return fc.oneof(edges, fc.double({ min: low, max: high, noNaN: true }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value with one place of it replaced, left out, or given company. */
function brokenAt(value: unknown, place: number, how: number): unknown {
  const inner: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  const choice = place % (inner.length + 1);
  const chosen = inner[choice];
  if (chosen === undefined) {
    if (how % 3 !== 0 || !isObject(value)) return NASTY[how % NASTY.length];
    return { ...value, [String(NASTY[place % NASTY.length])]: NASTY[how % NASTY.length] };
  }
  const [key, item] = chosen;
  const deeper = Math.floor(place / (inner.length + 1));
  const changed = brokenAt(item, deeper, how);
  if (Array.isArray(value)) return value.with(Number(key), changed);
  const copy = { ...(value as Record<string, unknown>) };
  if (how % 5 === 0) delete copy[key];
  else copy[key] = changed;
  return copy;
}
