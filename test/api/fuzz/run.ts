// A run: so many requests of a seed, one after the other against one world, each answer judged.
import fc from 'fast-check';
import { KEY } from '../fakes.ts';
import { Judge } from './judge.ts';
import { requests, type Description, type MadeRequest } from './requests.ts';
import { fuzzWorld, type FuzzWorld } from './world.ts';

export interface Breach {
  readonly operationId: string;
  readonly what: string;
  readonly request: string;
}

export interface FuzzReport {
  readonly requests: number;
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly operations: number;
  /** Operations that some request got a success from. */
  readonly succeeded: ReadonlySet<string>;
  readonly breaches: readonly Breach[];
}

const CHUNK = 500;
const PATIENCE_MS = 100;
/** Ids of each kind that requests may name. */
const REMEMBERED = 40;

export async function fuzzApi(
  count: number,
  seed: number,
  onProgress: (done: number, breaches: number) => void = () => undefined,
): Promise<FuzzReport> {
  const faults: object[] = [];
  const world = await fuzzWorld((fields) => void faults.push(fields));
  try {
    const description = (await (await world.app.request('/openapi.json')).json()) as Description;
    const memory = new Memory();
    const arbitrary = requests(description, (field) => memory.known(field));
    const judge = new Judge(description);
    const statuses = new Map<number, number>();
    const succeeded = new Set<string>();
    const breaches: Breach[] = [];
    for (let done = 0; done < count; done += CHUNK) {
      const numRuns = Math.min(CHUNK, count - done);
      for (const request of fc.sample(arbitrary, { numRuns, seed: seed + done })) {
        faults.length = 0;
        const response = await answered(world, request);
        if (response.ok) succeeded.add(request.operation.operationId);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const copy = isJson(response) ? response.clone() : null;
        const what = await judge.breach(request, response);
        if (copy !== null) memory.learn(request.path, await copy.json());
        if (what === null) continue;
        const { operationId } = request.operation;
        breaches.push({ operationId, what: what + causeOf(faults), request: shown(request) });
      }
      world.clock.advance(1_000);
      onProgress(done + numRuns, breaches.length);
    }
    const operations = Object.values(description.paths).flatMap((all) => Object.keys(all)).length;
    return { requests: count, statuses, operations, succeeded, breaches };
  } finally {
    await world.close();
  }
}

/** Time stands still, but not for those who wait for it. */
async function answered({ app, clock }: FuzzWorld, request: MadeRequest): Promise<Response> {
  const moving = setInterval(() => clock.advance(1_000), PATIENCE_MS);
  try {
    return await app.request(request.path, initOf(request));
  } finally {
    clearInterval(moving);
  }
}

function isJson({ ok, headers }: Response): boolean {
  return ok && headers.get('content-type')?.startsWith('application/json') === true;
}

function initOf({ method, headers, body }: MadeRequest): RequestInit {
  const all = { Authorization: `Bearer ${KEY}`, ...headers };
  return { method, headers: all, ...(body === null ? {} : { body }) };
}

function causeOf([fault]: readonly object[]): string {
  if (fault === undefined || !('error' in fault)) return '';
  return `\n${fault.error instanceof Error ? (fault.error.stack ?? '') : String(fault.error)}`;
}

function shown({ method, path, headers, body }: MadeRequest): string {
  const text = body === null ? '' : ` ${body.slice(0, 2_000)}`;
  return `${method} ${path.slice(0, 1_000)} ${JSON.stringify(headers).slice(0, 500)}${text}`;
}

/** What exists, by the fields that name it; learnt from what is answered. */
class Memory {
  readonly #ids = new Map<string, string[]>([
    ['queueId', ['support', 'sales']],
    ['agentId', ['ann', 'bob']],
    ['toAgentId', ['bob']],
    ['username', ['ann', 'bob']],
    ['customerNumber', ['+12025550123', '+493012345678']],
    ['number', ['+12025550123']],
    // Nothing but this machine may be asked for anything.
    ['url', ['http://127.0.0.1:9/hook']],
    ['language', ['en', 'de']],
    ['timeZone', ['Europe/Berlin', 'UTC']],
    ['queues/id', ['support', 'sales']],
    ['agents/id', ['ann', 'bob']],
    ['users/username', ['ann', 'bob']],
    ['trunks/name', ['primary', 'secondary']],
    ['If-Match', ['"1"', '*']],
  ]);

  known(field: string): readonly string[] {
    return this.#ids.get(field) ?? [];
  }

  /** @param path of the request; its third step says of what kind the answer is */
  learn(path: string, body: unknown): void {
    if (typeof body !== 'object' || body === null) return;
    if ('items' in body && Array.isArray(body.items)) {
      for (const item of body.items.slice(0, 3)) this.learn(path, item);
    }
    const kind = path.split(/[/?]/u)[3] ?? '';
    for (const [name, value] of Object.entries(body)) {
      if (typeof value !== 'string') continue;
      if (name === 'id' && !/\/(push|deliveries)/u.test(path)) this.#add(`${kind}/id`, value);
      if (name === 'id' && path.includes('/deliveries')) this.#add('deliveries/deliveryId', value);
      if (name === 'id' && path.includes('/push')) this.#add('push/deviceId', value);
      if (name === 'agentId') this.#add('agents/id', value);
      if (name === 'name') this.#add(`${kind}/name`, value);
      if (name === 'nextCursor') this.#add('cursor', value);
    }
  }

  #add(field: string, value: string): void {
    const known = this.#ids.get(field) ?? [];
    if (known.includes(value)) return;
    known.push(value);
    if (known.length > REMEMBERED) known.splice(2, 1);
    this.#ids.set(field, known);
  }
}
