// What a request brings: parameters of forms, JSON and queries are all texts by name here.
import type { Context } from 'hono';
import { ApiError } from '../problem.ts';
import type { ApiEnv } from '../deps.ts';
import { moment } from '../schemas/common.ts';
import { invalidOption } from './errors.ts';

export type Params = ReadonlyMap<string, string>;

const MAX_PARAMETERS = 100;

/** Parameters of the query. */
export function queryOf(c: Context<ApiEnv>): Params {
  return fromPairs(new URL(c.req.url).searchParams);
}

/**
 * Parameters of the body, and of the query where the body does not have them.
 * @throws ApiError REQUEST_MALFORMED, MEDIA_TYPE_UNSUPPORTED, GENESYS_PARAMETER_INVALID
 */
export async function paramsOf(c: Context<ApiEnv>): Promise<Params> {
  const text = await c.req.text();
  if (text === '') return queryOf(c);
  const type = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    return new Map([...queryOf(c), ...fromPairs(new URLSearchParams(text))]);
  }
  if (type === 'multipart/form-data') return new Map([...queryOf(c), ...(await partsOf(c, text))]);
  if (type === 'application/json') return new Map([...queryOf(c), ...fromJson(text)]);
  throw new ApiError('MEDIA_TYPE_UNSUPPORTED', 'send JSON or a form');
}

/** Texts of a form in parts (RFC 7578); files are refused. */
async function partsOf(c: Context<ApiEnv>, text: string): Promise<Params> {
  const headers = { 'Content-Type': c.req.header('Content-Type') ?? '' };
  const form = await new Response(text, { headers }).formData().catch(() => {
    throw new ApiError('REQUEST_MALFORMED', 'the body is not a form in parts');
  });
  const pairs = [...form].map(([key, value]) => {
    if (typeof value !== 'string') throw invalidOption(key.slice(0, 64), 'must be a plain value');
    return [key, value] as const;
  });
  return fromPairs(pairs);
}

/** A JSON object of a body. @throws ApiError REQUEST_MALFORMED */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below: what JSON.parse says of it helps nobody.
  }
  throw new ApiError('REQUEST_MALFORMED', 'the body is not a JSON object');
}

function fromJson(text: string): Params {
  const pairs = Object.entries(jsonObject(text)).flatMap(([key, value]) => {
    if (value === null) return [];
    if (typeof value === 'string') return [[key, value] as const];
    if (typeof value === 'number' || typeof value === 'boolean') {
      return [[key, String(value)] as const];
    }
    throw invalidOption(key.slice(0, 64), 'must be a plain value');
  });
  return fromPairs(pairs);
}

function fromPairs(pairs: Iterable<readonly [string, string]>): Params {
  const params = new Map(pairs);
  if (params.size <= MAX_PARAMETERS) return params;
  throw new ApiError('REQUEST_INVALID', `more than ${MAX_PARAMETERS} parameters`);
}

/** A whole number of [min, max]. @throws ApiError GENESYS_PARAMETER_INVALID */
export function wholeOf(
  params: Params,
  name: string,
  [min, max]: readonly [number, number],
): number | null {
  const text = params.get(name);
  if (text === undefined) return null;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw invalidOption(name, `must be a whole number from ${min} to ${max}`);
}

/** `true` or `false`; absent is false. @throws ApiError GENESYS_PARAMETER_INVALID */
export function flagOf(params: Params, name: string): boolean {
  const text = params.get(name) ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidOption(name, 'must be true or false');
}

const isoMoment = moment('');

/** A moment of ISO 8601 with offset. @throws ApiError GENESYS_PARAMETER_INVALID */
export function momentOf(params: Params, name: string): string | null {
  const text = params.get(name);
  if (text === undefined || text === '') return null;
  const iso = text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  if (isoMoment.safeParse(iso).success) return iso;
  throw invalidOption(name, 'must be a time of ISO 8601 such as 2026-01-05T09:00:00.000Z');
}
