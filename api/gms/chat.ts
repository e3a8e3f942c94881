// Chat, the second version: a text session opened, written in and read by position.
import type { Context, Hono } from 'hono';
import type { ChatLine, ChatRecord } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';
import { permit } from '../access/permit.ts';
import type { GenesysService } from '../config/genesys.ts';
import type { ApiEnv } from '../deps.ts';
import { MAX_TEXT } from '../schemas/chats.ts';
import { invalidOption } from './errors.ts';
import type { DialogStep } from './next-action.ts';
import { paramsOf, wholeOf, type Params } from './params.ts';
import { attachedOf, numberOf, queueOf, serviceNamed, type GmsDeps } from './services.ts';

const ROOT = '/genesys/2/chat/:service';
/** Lines told at once; the client asks again from `nextPosition` on. */
const LINES = 500;
const OURS = new Set(['message', 'transcriptPosition', 'nickname', 'userId', 'alias', 'secureKey']);
const CUSTOMER = { who: 'customer' } as const;

/** The next action of a customer who shall chat. */
export function startChat(service: GenesysService, params: Params): DialogStep {
  return {
    _id: '',
    _action: 'StartChat',
    _start_chat_url: `/genesys/2/chat/${service.name}`,
    _comet_url: '/genesys/cometd',
    _chat_parameters: { subject: params.get('subject') ?? service.name },
  };
}

export function chatRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.post(ROOT, permit('chats.open'), async (c) => {
    const service = serviceNamed(deps, c.req.param('service'));
    return c.json(told(deps, open(deps, service, await paramsOf(c)), 0), 200);
  });
  app.post(`${ROOT}/:id/send`, permit('chats.write'), async (c) => {
    const record = known(deps, c);
    const params = await paramsOf(c);
    deps.chats.say(record.id, CUSTOMER, textOf(params), null);
    return c.json(told(deps, record, positionIn(params)), 200);
  });
  app.post(`${ROOT}/:id/refresh`, permit('chats.read'), async (c) => {
    const record = known(deps, c);
    return c.json(told(deps, record, positionIn(await paramsOf(c))), 200);
  });
  app.post(`${ROOT}/:id/disconnect`, permit('chats.write'), (c) => {
    const { id, lastSequence } = known(deps, c);
    return c.json(told(deps, deps.chats.end(id, CUSTOMER), lastSequence), 200);
  });
}

function open(deps: GmsDeps, service: GenesysService, params: Params): ChatRecord {
  const names = [params.get('firstName'), params.get('lastName')].filter(Boolean).join(' ');
  const name = params.get('nickname') ?? (names === '' ? null : names);
  const number = params.get('_customer_number') ?? '';
  const context = Object.fromEntries(
    Object.entries(attachedOf(params)).filter(([key]) => !OURS.has(key)),
  );
  return deps.chats.open({
    queueId: queueOf(deps, service, params),
    person: {
      name: name?.slice(0, 100) ?? null,
      number: number === '' ? null : numberOf(deps, service, number),
    },
    context,
    text: params.has('message') ? textOf(params) : null,
    idempotencyKey: null,
  }).record;
}

function textOf(params: Params): string {
  const text = params.get('message') ?? '';
  if (text !== '' && text.length <= MAX_TEXT) return text;
  throw invalidOption('message', `must be a text of 1 to ${MAX_TEXT} characters`);
}

/** The line the client knows up to. */
function positionIn(params: Params): number {
  return Math.max(0, (wholeOf(params, 'transcriptPosition', [0, 1e9]) ?? 1) - 1);
}

/** @throws RingbackError CHAT_UNKNOWN */
function known(deps: GmsDeps, c: Context<ApiEnv>): ChatRecord {
  const service = serviceNamed(deps, c.req.param('service') ?? '');
  const record = deps.chats.get(c.req.param('id') ?? '');
  const isOther = service.queue !== null && !service.queue.startsWith('$');
  if (record !== null && (!isOther || record.queueId === service.queue)) return record;
  throw notFound('CHAT_UNKNOWN', 'there is no such chat');
}

function told(deps: GmsDeps, { id, person }: ChatRecord, after: number) {
  const lines = deps.chats.lines(id, after, LINES);
  const messages = lines.flatMap((line) => messageOf(line, person.name));
  const state = deps.chats.get(id)?.state;
  return {
    ...{ chatId: id, userId: 'customer', secureKey: id, alias: person.name ?? '' },
    ...{ messages, chatEnded: state === 'over', statusCode: 0 },
    nextPosition: (lines.at(-1)?.sequence ?? after) + 1,
  };
}

function messageOf({ sequence: index, atMs: utcTime, told: line }: ChatLine, name: string | null) {
  const client = { nickname: name ?? 'customer', participantId: 'customer', type: 'Client' };
  const agent = (id: string) => ({ nickname: id, participantId: id, type: 'Agent' });
  const at = { index, utcTime };
  switch (line.type) {
    case 'message':
      return [
        {
          ...at,
          type: 'Message',
          text: line.text,
          from: line.agentId === null ? client : agent(line.agentId),
        },
      ];
    case 'opened':
      return [{ ...at, type: 'ParticipantJoined', from: client }];
    case 'accepted':
      return [{ ...at, type: 'ParticipantJoined', from: agent(line.agentId) }];
    case 'handed-over':
      return [{ ...at, type: 'ParticipantLeft', from: agent(line.agentId) }];
    case 'ended':
      return [{ ...at, type: 'ParticipantLeft', text: line.reason, from: client }];
    case 'offered':
    case 'offer-ended':
    case 'back-in-line':
      return [];
  }
}
