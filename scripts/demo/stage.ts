// Everything a story needs: a server on free ports, the customer's telephone at the far end of the
// trunk, and the agents' telephones, registered with it. One stage, one story.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../api/config.ts';
import type { Config } from '../../api/config.ts';
import type { Server } from '../../api/main.ts';
import { startServer } from '../../api/main.ts';
import type { Log } from '../../core/ports.ts';
import type { TracedMessage } from '../../sip/index.ts';
import type { PhoneCall } from '../../test/support/phone.ts';
import { Phone } from '../../test/support/phone.ts';
import { DemoApi } from './api.ts';
import type { DemoAgent, Scenario } from './scenarios.ts';
import type { Timeline } from './timeline.ts';

export const CUSTOMER_NUMBER = '+12025550123';
export const QUEUE_NUMBER = '+12025550199';
export const QUEUE_ID = 'support';
const MAX_TRACED = 2000;

const ENVIRONMENT = {
  DEMO_API_KEY: 'only-for-this-demo-0123456789',
  DEMO_AGENT_PASSWORD: 'correct horse',
};

export interface Stage {
  readonly api: DemoApi;
  readonly customer: Phone;
  /** Agents' telephones by agent id. */
  readonly phones: ReadonlyMap<string, Phone>;
  /** Address for calls to the queue's number. */
  readonly queueUri: string;
  readonly recordingsDir: string;
  readonly traced: readonly TracedMessage[];
  /** What a machine recorded, if one did. */
  readonly messages: readonly Int16Array[];
  close(): Promise<void>;
}

/** The configuration as a site would write it, with waits short enough to watch. */
function configOf(scenario: Scenario, dataDir: string, trunkPort: number): Config {
  const settings = {
    dataDir,
    host: '127.0.0.1',
    http: { port: 0, apiKeys: { demo: 'DEMO_API_KEY' } },
    sip: {
      listen: [{ protocol: 'udp', port: 0 }],
      trunks: [
        {
          name: 'carrier',
          host: '127.0.0.1',
          port: trunkPort,
          inboundFrom: ['127.0.0.1'],
          callerId: QUEUE_NUMBER,
        },
      ],
    },
    queues: [
      {
        id: QUEUE_ID,
        displayName: 'Support',
        numbers: [QUEUE_NUMBER],
        requiredSkills: [{ skill: 'help' }],
        wrapUpSeconds: 1,
        agentRingTimeoutSeconds: 4,
        callback: {
          maxAttempts: 3,
          retryGapSeconds: 10,
          ringTimeoutSeconds: 5,
          record: true,
          ...scenario.settings,
        },
      },
    ],
    agents: scenario.agents.map((agent) => ({
      id: agent.agentId,
      displayName: agent.displayName,
      username: agent.username,
      passwordEnv: 'DEMO_AGENT_PASSWORD',
      skills: { help: agent.level },
    })),
  };
  return parseConfig(JSON.stringify(settings), ENVIRONMENT, 'demo');
}

/** Only what went wrong is worth a line of the story. */
function demoLog(timeline: Timeline): Log {
  const say = (event: string, fields: unknown) =>
    timeline.note('log', `${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: say,
    error: say,
    child: () => log,
  };
  return log;
}

/** Says when a telephone rings, is answered and is over. */
function watch(call: PhoneCall, who: string, timeline: Timeline): void {
  timeline.note(who, `telephone is called by ${call.remoteUser}`);
  void call.answered.then(
    () => timeline.note(who, 'answers'),
    () => undefined,
  );
  void call.ended.then(({ by, status, reason }) => {
    const detail = reason === '' ? '' : `, ${reason}`;
    timeline.note(who, `telephone is free again (${by}, ${status}${detail})`);
  });
}

async function openAgentPhone(
  agent: DemoAgent,
  server: Server,
  timeline: Timeline,
): Promise<Phone> {
  const [listening] = server.sip;
  if (!listening) throw new Error('the server listens nowhere');
  const phone = await Phone.open({ name: agent.username });
  phone.onCall((call) => {
    watch(call, 'agent', timeline);
    return agent.phone()(call);
  });
  await phone.register({
    registrar: { host: listening.host, port: listening.port },
    username: agent.username,
    password: ENVIRONMENT.DEMO_AGENT_PASSWORD,
    algorithm: 'SHA-256',
  });
  timeline.note('agent', `${agent.displayName}'s telephone ${agent.username} is registered`);
  return phone;
}

/** Starts it all. What was started before a fault is stopped again. */
export async function openStage(scenario: Scenario, timeline: Timeline): Promise<Stage> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'ringback-demo-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const customer = await Phone.open({ name: CUSTOMER_NUMBER });
    closers.push(() => customer.close());
    const config = configOf(scenario, dataDir, customer.address.port);
    const server = await startServer({ config, log: demoLog(timeline) });
    closers.push(() => server.stop());
    const traced: TracedMessage[] = [];
    server.sipFace.onTrace((message) => {
      if (traced.length < MAX_TRACED) traced.push(message);
    });
    const messages: Int16Array[] = [];
    let calls = 0;
    customer.onCall((call) => {
      watch(call, 'customer', timeline);
      calls++;
      return scenario.customer(calls, (message) => messages.push(message))(call);
    });
    const phones = new Map<string, Phone>();
    for (const agent of scenario.agents) {
      const phone = await openAgentPhone(agent, server, timeline);
      closers.push(() => phone.close());
      phones.set(agent.agentId, phone);
    }
    const api = new DemoApi(server.http.url, ENVIRONMENT.DEMO_API_KEY);
    closers.push(() => api.close());
    const port = server.sip[0]?.port ?? 0;
    const queueUri = `sip:${QUEUE_NUMBER}@127.0.0.1:${port}`;
    const recordingsDir = join(dataDir, 'recordings');
    return { api, customer, phones, queueUri, recordingsDir, traced, messages, close };
  } catch (error) {
    await close();
    throw error;
  }
}
