// `ringback doctor`: asks the server everything that may be wrong, one check after the other. A
// check that cannot be made is a finding too.
import { ApiProblem, body, type Schema } from '../client/index.ts';
import { EXIT, show, unreachableReason, type Context, type Exit } from './context.ts';
import {
  agentFindings,
  clockFinding,
  fail,
  findingLines,
  ok,
  readinessFindings,
  trunkFindings,
  warn,
  webhookFindings,
  type DeadLetters,
  type Finding,
} from './findings.ts';

const MAX_HOOKS = 100;
/** Dead letters counted of one webhook. */
const MAX_DEAD = 100;

type Ask = (context: Context) => Promise<readonly Finding[]>;

/** @returns failed when any finding is `fail` */
export async function doctor(context: Context): Promise<Exit> {
  const first = await asked('server', server, context);
  const isThere = first.every(({ verdict }) => verdict !== 'fail');
  const open = isThere ? [...first, ...(await asked('ready', readiness, context))] : first;
  const key = isThere ? await asked('key', system, context) : [];
  const isKnown = key.every(({ verdict }) => verdict !== 'fail');
  const rest = isThere && isKnown ? await inside(context) : [];
  const findings = [...open, ...key, ...rest];
  show(context, findings, findingLines(findings));
  return findings.some(({ verdict }) => verdict === 'fail') ? EXIT.failed : EXIT.done;
}

/** What only a key may ask. */
async function inside(context: Context): Promise<readonly Finding[]> {
  const checks: readonly (readonly [string, Ask])[] = [
    ['trunks', async ({ api }) => trunkFindings(await Array.fromAsync(api.each(TRUNKS)))],
    ['agents', async ({ api }) => agentFindings(await Array.fromAsync(api.each(AGENTS)))],
    ['webhooks', async (its) => webhookFindings(await deadLetters(its))],
  ];
  const found: Finding[] = [];
  for (const [name, ask] of checks) found.push(...(await asked(name, ask, context)));
  return found;
}

const TRUNKS = '/api/v1/trunks';
const AGENTS = '/api/v1/agents';

/** The findings of a check; a refusal and silence are findings. */
async function asked(check: string, ask: Ask, context: Context): Promise<readonly Finding[]> {
  try {
    return await ask(context);
  } catch (error) {
    if (error instanceof ApiProblem) {
      const { detail, remedy } = error.problem;
      return [(error.status === 403 ? warn : fail)(check, detail, remedy)];
    }
    const reason = unreachableReason(error);
    if (reason === null) throw error;
    const remedy = 'Is the server running there? `npm start` starts it; --url names another one.';
    return [fail(check, `no answer from ${context.options.url}: ${reason}`, remedy)];
  }
}

async function server({ api, clock, options }: Context): Promise<readonly Finding[]> {
  const { response } = await api.http.GET('/healthz');
  return [
    ok('server', `answers at ${options.url}`),
    clockFinding(response.headers.get('Date'), clock.nowMs()),
  ];
}

/** Asked without the client: a 503 is an answer here, not to be tried again. */
async function readiness({ options, fetch }: Context): Promise<readonly Finding[]> {
  const response = await fetch(new Request(`${options.url}/readyz`));
  const answer: unknown = await response.json().catch(() => null);
  if (isReadiness(answer)) return readinessFindings(answer);
  const remedy = 'Check that the URL is that of a Ringback server, and what stands in between.';
  return [fail('ready', `answered ${response.status} without its checks`, remedy)];
}

function isReadiness(answer: unknown): answer is Schema<'Readiness'> {
  if (typeof answer !== 'object' || answer === null || !('checks' in answer)) return false;
  return typeof answer.checks === 'object' && answer.checks !== null;
}

async function system({ api, key }: Context): Promise<readonly Finding[]> {
  if (key === null) {
    const remedy = 'Name it: RINGBACK_API_KEY, or --key-file; the server writes data/api-key.';
    return [fail('key', 'none found', remedy)];
  }
  const { version, engine, uptimeSeconds } = await body(api.http.GET('/api/v1/system'));
  return [ok('key', `accepted by Ringback ${version}, engine ${engine}, up ${uptimeSeconds} s`)];
}

async function deadLetters({ api }: Context): Promise<readonly DeadLetters[]> {
  const found: DeadLetters[] = [];
  for await (const { id, url } of api.each('/api/v1/webhooks')) {
    if (found.length >= MAX_HOOKS) break;
    const params = { path: { id }, query: { status: 'dead' as const, limit: MAX_DEAD } };
    const answer = api.http.GET('/api/v1/webhooks/{id}/deliveries', { params });
    const { items, nextCursor } = await body(answer);
    found.push({ id, url, dead: items.length, isMore: nextCursor !== null });
  }
  return found;
}
