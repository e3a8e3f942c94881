// Plays one story on its stage, from the request to the last hang-up.
import { until } from '../../test/support/until.ts';
import type { AgentBody, CallbackBody, CallbackEventBody } from './api.ts';
import type { Scenario } from './scenarios.ts';
import { speech } from './scenarios.ts';
import type { Stage } from './stage.ts';
import { CUSTOMER_NUMBER, QUEUE_ID } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { describe } from './timeline.ts';

/** How long customer and agent talk before the customer hangs up. */
const TALK_MS = 6000;
/** How long a caller listens before giving up. */
const PATIENCE_MS = 2500;
const LIMIT_MS = 45_000;

/** What came of it, as the API tells it. */
export interface Played {
  /** Null when the story is about a live call. */
  readonly callback: CallbackBody | null;
  readonly events: readonly CallbackEventBody[];
  /** Last state of every agent. */
  readonly agents: readonly AgentBody[];
  /** Agents that were not ready at some time, with the reason. */
  readonly notReady: ReadonlyMap<string, string>;
}

/** What the event stream told so far. */
class Followed {
  readonly events: CallbackEventBody[] = [];
  readonly notReady = new Map<string, string>();
  readonly #states = new Map<string, string>();
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  callback(event: CallbackEventBody): void {
    this.events.push(event);
    const { who, what } = describe(event);
    this.#timeline.note(who, what);
  }

  agent(agent: AgentBody): void {
    const reason = agent.notReadyReason === null ? '' : ` (${agent.notReadyReason})`;
    const state = `${agent.state}${reason}`;
    if (agent.notReadyReason !== null) this.notReady.set(agent.agentId, agent.notReadyReason);
    if (this.#states.get(agent.agentId) === state) return;
    this.#states.set(agent.agentId, state);
    this.#timeline.note('agent', `${agent.displayName} is ${state}`);
  }

  has(type: string): boolean {
    return this.events.some((event) => event.type === type);
  }

  talking(): boolean {
    return [...this.#states.values()].includes('talking');
  }
}

async function signIn(stage: Stage, scenario: Scenario): Promise<void> {
  for (const { agentId } of scenario.agents) {
    await stage.api.post(`/api/v1/agents/${agentId}/login`);
    await stage.api.post(`/api/v1/agents/${agentId}/ready`);
  }
}

async function askForCallback(stage: Stage, timeline: Timeline): Promise<void> {
  const request = { queueId: QUEUE_ID, customerNumber: CUSTOMER_NUMBER };
  const body = await stage.api.post<CallbackBody>('/api/v1/callbacks', request);
  timeline.note('api', `POST /api/v1/callbacks ${CUSTOMER_NUMBER} -> ${body.state} ${body.id}`);
}

/** The customer calls the queue and listens; gives up when nobody is there to answer. */
async function callQueue(stage: Stage, timeline: Timeline, givesUp: boolean) {
  timeline.note('customer', 'calls the queue');
  const from = `sip:${CUSTOMER_NUMBER}@127.0.0.1:${stage.customer.address.port}`;
  const call = await stage.customer.dial({ to: stage.queueUri, from });
  timeline.note('customer', 'is in the queue and listens');
  await call.wait(PATIENCE_MS);
  if (!givesUp) return call;
  timeline.note('customer', 'has waited long enough and hangs up');
  await call.hangUp();
  return call;
}

async function talkAndHangUp(stage: Stage, timeline: Timeline): Promise<void> {
  const call = await until('the customer on the line', () =>
    stage.customer.calls.find((known) => known.live && known.answeredAtMs !== null),
  );
  timeline.note('customer', 'talks with the agent');
  if (!(await call.wait(TALK_MS))) return;
  timeline.note('customer', 'says goodbye and hangs up');
  await call.hangUp();
}

async function playCallback(
  stage: Stage,
  scenario: Scenario,
  timeline: Timeline,
  followed: Followed,
): Promise<CallbackBody> {
  if (scenario.begins === 'callback') {
    await signIn(stage, scenario);
    await askForCallback(stage, timeline);
  } else {
    await callQueue(stage, timeline, true);
    await until('the place kept as a callback', () => followed.has('created'));
    await signIn(stage, scenario);
  }
  const completed = () => followed.events.find(({ state }) => state === 'completed');
  await until('a conversation or the end', () => followed.has('joined') || completed(), LIMIT_MS);
  if (followed.has('joined')) await talkAndHangUp(stage, timeline);
  const { callbackId } = await until('the end', completed, LIMIT_MS);
  return await stage.api.get<CallbackBody>(`/api/v1/callbacks/${callbackId}`);
}

async function playLiveCall(
  stage: Stage,
  scenario: Scenario,
  timeline: Timeline,
  followed: Followed,
): Promise<void> {
  const call = await callQueue(stage, timeline, false);
  await signIn(stage, scenario);
  await until('the agent to talk', () => followed.talking(), LIMIT_MS);
  void call.play(speech('customer-talk'), { loop: true });
  await talkAndHangUp(stage, timeline);
}

/** Plays the story. @throws Error when it gets stuck */
export async function play(stage: Stage, scenario: Scenario, timeline: Timeline): Promise<Played> {
  const followed = new Followed(timeline);
  await stage.api.follow(followed);
  let callback: CallbackBody | null = null;
  if (scenario.begins === 'call') await playLiveCall(stage, scenario, timeline, followed);
  else callback = await playCallback(stage, scenario, timeline, followed);
  const phones = [stage.customer, ...stage.phones.values()];
  await until('every telephone to be free', () =>
    phones.every((phone) => phone.calls.every((call) => !call.live)),
  );
  const agents = (await stage.api.get<{ items: AgentBody[] }>('/api/v1/agents')).items;
  return { callback, events: followed.events, agents, notReady: followed.notReady };
}
