// The commands of `ringback` that ask once and print: callbacks, agents, queues, calls, traces.
import { writeFileSync } from 'node:fs';
import { body, type Schema } from '../client/index.ts';
import { show, type Context } from './context.ts';
import { age, cut, duration, facts, table } from './format.ts';
import { ladderText } from './ladder-text.ts';
import { usageError } from './options.ts';

type Callback = Schema<'Callback'>;

/** Most items that one request asks for. */
const PAGE = 100;
/** Lines of history that `show` prints. */
const HISTORY = 200;
/** Characters of an event's data that `show` prints; `--json` has all. */
const DATA = 100;

/** @throws ApiProblem */
export async function create(context: Context): Promise<void> {
  const { queue, number, at } = context.options;
  const wanted = { queueId: queue ?? '', customerNumber: number ?? '' };
  const asked = { ...wanted, ...(at === null ? {} : { desiredTime: at }) };
  const made = await body(context.api.http.POST('/api/v1/callbacks', { body: asked }));
  show(context, made, summary(made, context));
}

/** @throws ApiProblem */
export async function list(context: Context): Promise<void> {
  const { queue, state, limit } = context.options;
  const query = {
    limit: Math.min(limit + 1, PAGE),
    ...(queue === null ? {} : { queueId: queue }),
    ...(state === null ? {} : { state }),
  };
  const found: Callback[] = [];
  for await (const callback of context.api.each('/api/v1/callbacks', { query })) {
    found.push(callback);
    if (found.length > limit) break;
  }
  const shown = found.slice(0, limit);
  const isMore = found.length > limit;
  const lines = [...callbackTable(shown, context), ...(isMore ? ['and more: --limit N'] : [])];
  show(context, shown, shown.length === 0 ? ['no callbacks'] : lines);
}

function callbackTable(callbacks: readonly Callback[], { clock }: Context): readonly string[] {
  const nowMs = clock.nowMs();
  const headings = ['ID', 'QUEUE', 'NUMBER', 'STATE', 'PLACE', 'DUE', 'AGE'];
  const rows = callbacks.map((callback) => [
    callback.id,
    callback.queueId,
    callback.customerNumber,
    callback.reason === null ? callback.state : `${callback.state} ${callback.reason}`,
    callback.position === undefined ? '-' : String(callback.position),
    callback.completedAt === null ? age(dueAt(callback), nowMs) : '-',
    age(callback.createdAt, nowMs),
  ]);
  return table(headings, rows);
}

function dueAt({ nextAttemptAt, desiredAt }: Callback): string | null {
  return nextAttemptAt ?? desiredAt;
}

/** @throws ApiProblem CALLBACK_UNKNOWN */
export async function showOne(context: Context): Promise<void> {
  const { api, options } = context;
  const params = { path: { id: options.id } };
  const callback = await body(api.http.GET('/api/v1/callbacks/{id}', { params }));
  const { items } = await body(api.http.GET('/api/v1/callbacks/{id}/events', { params }));
  const history = items
    .slice(-HISTORY)
    .map(({ at, type, state, data }) => [at, type, state, cut(JSON.stringify(data), DATA)]);
  const lines = [
    ...summary(callback, context),
    '',
    ...table(['AT', 'EVENT', 'STATE', 'DATA'], history),
  ];
  show(context, { ...callback, history: items }, lines);
}

/** @throws ApiProblem CALLBACK_UNKNOWN, or that it is over */
export async function cancel(context: Context): Promise<void> {
  const params = { path: { id: context.options.id } };
  const path = '/api/v1/callbacks/{id}/cancel';
  const ended = await body(context.api.http.POST(path, { params }));
  show(context, ended, summary(ended, context));
}

function summary(callback: Callback, { clock }: Context): readonly string[] {
  const { position, estimatedWait, userData } = callback;
  const wait = estimatedWait === undefined ? '' : `, ${waitText(estimatedWait.ewtSeconds)}`;
  const attempts = `${callback.attempts.length} of at most ${callback.maxAttempts}`;
  return facts([
    ['id', callback.id],
    ['queue', callback.queueId],
    ['number', callback.customerNumber],
    ['state', [callback.state, callback.reason ?? ''].join(' ')],
    ...(position === undefined ? [] : [['place', `${position}${wait}`] as const]),
    ['created', `${callback.createdAt} (${age(callback.createdAt, clock.nowMs())} ago)`],
    ['due', dueAt(callback) ?? 'as soon as possible'],
    ['attempts', attempts],
    ...(Object.keys(userData).length === 0
      ? []
      : [['user data', JSON.stringify(userData)] as const]),
  ]);
}

function waitText(seconds: number): string {
  return seconds < 0 ? 'wait unknown' : `about ${duration(seconds * 1_000)}`;
}

/** @throws ApiProblem */
export async function agents(context: Context): Promise<void> {
  const found = await Array.fromAsync(context.api.each('/api/v1/agents'));
  const nowMs = context.clock.nowMs();
  const headings = ['AGENT', 'NAME', 'STATE', 'FOR', 'TELEPHONE', 'SKILLS', 'HANDLES'];
  const rows = found.map((agent) => [
    agent.agentId,
    agent.displayName,
    agent.notReadyReason === null ? agent.state : `${agent.state} (${agent.notReadyReason})`,
    age(agent.since, nowMs),
    agent.phoneRegistered ? 'registered' : '-',
    Object.entries(agent.skills)
      .map((skill) => skill.join(':'))
      .join(' '),
    agent.interactionId ?? '-',
  ]);
  show(context, found, found.length === 0 ? ['no agents'] : table(headings, rows));
}

/** @throws ApiProblem */
export async function queues(context: Context): Promise<void> {
  const found = await Array.fromAsync(context.api.each('/api/v1/queues'));
  const headings = ['QUEUE', 'NAME', 'CALLBACKS', 'CALLERS', 'AGENTS', 'READY', 'WAIT'];
  const rows = found.map((queue) => [
    queue.queueId,
    queue.displayName,
    String(queue.waitingCallbacks),
    String(queue.waitingLive),
    String(queue.agentsLoggedIn),
    String(queue.agentsReady),
    waitText(queue.estimatedWait.ewtSeconds),
  ]);
  show(context, found, found.length === 0 ? ['no queues'] : table(headings, rows));
}

/** @throws ApiProblem */
export async function calls(context: Context): Promise<void> {
  const found = await Array.fromAsync(context.api.each('/api/v1/calls'));
  const headings = ['CALL', 'KIND', 'QUEUE', 'STATE', 'FOR', 'NUMBER', 'AGENT', 'MOS'];
  const rows = found.map((call) => [
    ...[call.interactionId, call.kind, call.queueId],
    call.onHold ? `${call.state} (held)` : call.state,
    duration(call.durationSeconds * 1_000),
    call.customerNumber ?? '-',
    call.agentId ?? '-',
    call.legs.map(({ quality }) => quality?.mos?.toFixed(1) ?? '-').join(' '),
  ]);
  show(context, found, found.length === 0 ? ['no calls'] : table(headings, rows));
}

/** @throws ApiProblem CALL_UNKNOWN, TRACE_OFF */
export async function trace(context: Context): Promise<void> {
  const { api, options, terminal } = context;
  const path = { id: options.id };
  if (options.svg !== null) {
    const params = { path };
    const drawn = api.http.GET('/api/v1/calls/{id}/ladder', { params, parseAs: 'text' });
    writeDrawing(options.svg, await body(drawn));
    const told = options.json ? JSON.stringify({ file: options.svg }) : `drawn: ${options.svg}`;
    terminal.out(`${told}\n`);
    return;
  }
  const params = { path, query: { limit: 1_000 } };
  const found = await body(api.http.GET('/api/v1/calls/{id}/messages', { params }));
  const more = found.truncated ? ['and more than the server tells at once'] : [];
  show(context, found, [...ladderText(found.items), ...more]);
}

/** @throws RingbackError COMMAND_LINE_INVALID: the file cannot be written */
function writeDrawing(file: string, svg: string): void {
  try {
    writeFileSync(file, svg);
  } catch (error) {
    throw usageError(`--svg: ${error instanceof Error ? error.message : String(error)}`);
  }
}
