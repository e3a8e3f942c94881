// A contact centre on loopback for end-to-end tests: the real server, a trunk whose far end is
// a scriptable phone, agents with registered phones, and a client for the HTTP API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../api/config.ts';
import type { Server } from '../../api/main.ts';
import { startServer } from '../../api/main.ts';
import type { Log } from '../../core/ports.ts';
import { silentLog } from '../../core/live.ts';
import { Phone } from './phone.ts';
import { until } from './until.ts';

export const PASSWORD = 'a-long-password';
/** The API key of every site. */
export const SITE_KEY = 'site-api-key-0123456789';

export interface SiteOptions {
  /** Merged into the one queue `support` (number +12025550100). */
  readonly queue?: Readonly<Record<string, unknown>>;
  /** Merged into the queue's callback settings. */
  readonly callback?: Readonly<Record<string, unknown>>;
  /** Merged into the whole configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Merged into `sip`. */
  readonly sip?: Readonly<Record<string, unknown>>;
  /** Merged into the trunk; `host` and `port` of a far end that is not our phone. */
  readonly trunk?: Readonly<Record<string, unknown>>;
  /** Kept when given (for a restart); a temporary one otherwise. */
  readonly dataDir?: string;
  readonly log?: Log;
  /** Environment variables beside those of the API key and the agents. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Fixed ports, for a process that is started again; 0, any free one, unless given. */
  readonly httpPort?: number;
  readonly sipPort?: number;
  /** Agent ids; each is a SIP user of that name with `PASSWORD`. */
  readonly agents?: readonly string[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // The tests look into answers of many shapes; a wrong path is a failing assertion.
  readonly body: Record<string, unknown>;
}

/** A running site. Close it after use. */
export class Site {
  readonly server: Server;
  /** The far end of the trunk: every customer. */
  readonly customer: Phone;
  readonly dataDir: string;
  readonly #key: string;
  readonly #phones: Phone[] = [];
  readonly #ownsDataDir: boolean;

  constructor(server: Server, customer: Phone, dataDir: string, key: string, ownsDataDir: boolean) {
    this.server = server;
    this.customer = customer;
    this.dataDir = dataDir;
    this.#key = key;
    this.#ownsDataDir = ownsDataDir;
  }

  /** Where phones register and trunks call: the first UDP socket. */
  get sipAddress(): { readonly host: string; readonly port: number } {
    const udp = this.server.sip.find((address) => address.protocol === 'udp');
    if (udp === undefined) throw new Error('the site has no UDP socket');
    return udp;
  }

  async api(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(`${this.server.http.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.#key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      body: parsed as Record<string, unknown>,
    };
  }

  /** An agent's phone, registered. Script it with `onCall`. */
  async agentPhone(username: string, options: { register?: boolean } = {}): Promise<Phone> {
    const phone = await Phone.open({ name: username });
    this.#phones.push(phone);
    if (options.register ?? true) {
      await phone.register({ registrar: this.sipAddress, username, password: PASSWORD });
    }
    return phone;
  }

  async ready(agentId: string): Promise<void> {
    await this.expectOk('POST', `/api/v1/agents/${agentId}/login`);
    await this.expectOk('POST', `/api/v1/agents/${agentId}/ready`);
  }

  /** Creates a callback and answers its id. */
  async callBack(body: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const answer = await this.expectOk('POST', '/api/v1/callbacks', {
      queueId: 'support',
      customerNumber: '+12025550123',
      ...body,
    });
    return String(answer.body['id']);
  }

  async callback(id: string): Promise<Record<string, unknown>> {
    return (await this.expectOk('GET', `/api/v1/callbacks/${id}`)).body;
  }

  /** Waits until a callback is in a state; answers the record. */
  async callbackIn(id: string, state: string): Promise<Record<string, unknown>> {
    let last: unknown = null;
    const probe = async () => {
      const record = await this.callback(id);
      last = record;
      return record['state'] === state ? record : null;
    };
    return await until(`callback ${state}`, probe, 60_000).catch(async (cause: unknown) => {
      const { body } = await this.api('GET', '/api/v1/agents');
      const agents = JSON.stringify(body['items']);
      throw new Error(`not ${state}: ${JSON.stringify(last)}; ${agents}`, { cause });
    });
  }

  async agentIn(agentId: string, state: string): Promise<Record<string, unknown>> {
    return until(`agent ${state}`, async () => {
      const { body } = await this.expectOk('GET', `/api/v1/agents/${agentId}`);
      return body['state'] === state ? body : null;
    });
  }

  async expectOk(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const answer = await this.api(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#phones, this.customer].map((phone) => phone.close()));
    await this.server.stop();
    if (this.#ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Starts a site on free ports. */
export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const customer = await Phone.open({ name: 'customer' });
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ringback-site-'));
  const config = parseConfig(JSON.stringify(siteConfig(options, customer, dataDir)), {
    SITE_API_KEY: SITE_KEY,
    SITE_PASSWORD: PASSWORD,
    ...options.environment,
  });
  const server = await startServer({ config, log: options.log ?? silentLog });
  const ownsDataDir = options.dataDir === undefined;
  return new Site(server, customer, dataDir, SITE_KEY, ownsDataDir);
}

/** The configuration of a site, as the YAML file would say it. */
export function siteConfig(options: SiteOptions, trunk: Phone, dataDir: string): object {
  return {
    dataDir,
    http: {
      port: options.httpPort ?? 0,
      apiKeys: { test: 'SITE_API_KEY' },
      requestsPerSecond: 10_000,
      requestBurst: 10_000,
    },
    sip: {
      listen: [
        { protocol: 'udp', port: options.sipPort ?? 0 },
        { protocol: 'tcp', port: options.sipPort ?? 0 },
      ],
      trunks: [
        {
          name: 'carrier',
          host: trunk.address.host,
          port: trunk.address.port,
          inboundFrom: ['127.0.0.1'],
          callerId: '+12025550100',
          ...options.trunk,
        },
      ],
      ...options.sip,
    },
    queues: [
      {
        id: 'support',
        numbers: ['+12025550100'],
        wrapUpSeconds: 0,
        // Who answers at once does so in time on a busy machine, too.
        agentRingTimeoutSeconds: 15,
        callback: {
          ringTimeoutSeconds: 5,
          retryGapSeconds: 1,
          record: true,
          // The shortest prompt: most tests are about what follows it.
          greeting: 'beep',
          ...options.callback,
        },
        ...options.queue,
      },
    ],
    agents: (options.agents ?? ['anna']).map((id) => ({ id, passwordEnv: 'SITE_PASSWORD' })),
    ...options.config,
    // Whoever tests beside us makes the threads late: that is not to refuse calls here.
    media: { workers: 1, maxTickLateMs: 1_000, ...(options.config?.['media'] ?? {}) },
  };
}
