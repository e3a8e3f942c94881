// The real program as a child process, for tests of its start, its signals and its end.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Phone } from './phone.ts';
import type { SiteOptions } from './site.ts';
import { PASSWORD, SITE_KEY, siteConfig } from './site.ts';
import { endWithUs, freePort } from './tools.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../api/main.ts');

/** What a program that ended left behind. */
export interface Ending {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** One run of the program. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ending>;
  #output = '';
  #errors = '';

  /** @param configuration path of a file */
  constructor(configuration: string) {
    this.#child = spawn(process.execPath, [MAIN, '--config', configuration], {
      env: { ...process.env, SITE_API_KEY: SITE_KEY, SITE_PASSWORD: PASSWORD },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithUs(this.#child);
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#ended = once(this.#child, 'close').then(([status]) => ({
      status: status as number | null,
      output: this.#output,
      errors: this.#errors,
    }));
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when it ends by itself, or by a signal given before. */
  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<Ending> {
    this.#child.kill(signal);
    return await this.#ended;
  }
}

/** A folder with a configuration on free ports, and the program over it. */
export class ProgramSite {
  readonly folder: string;
  readonly dataDir: string;
  readonly sip: { readonly host: string; readonly port: number };
  readonly url: string;
  readonly #file: string;
  #program: Program | null = null;

  private constructor(folder: string, sipPort: number, httpPort: number) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    this.sip = { host: '127.0.0.1', port: sipPort };
    this.url = `http://127.0.0.1:${httpPort}`;
    this.#file = join(folder, 'ringback.yaml');
  }

  static async make(trunk: Phone, options: SiteOptions = {}): Promise<ProgramSite> {
    const folder = mkdtempSync(join(tmpdir(), 'ringback-program-'));
    const sipPort = options.sipPort ?? (await freePort('127.0.0.1'));
    const httpPort = options.httpPort ?? (await freePort('127.0.0.1'));
    const site = new ProgramSite(folder, sipPort, httpPort);
    const config = siteConfig({ ...options, sipPort, httpPort }, trunk, site.dataDir);
    writeFileSync(site.#file, JSON.stringify(config));
    return site;
  }

  /** Starts it and does not wait. */
  run(): Program {
    return (this.#program = new Program(this.#file));
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<Program> {
    const program = this.run();
    let ending: Ending | null = null;
    void program.ended.then((end) => (ending = end));
    await until(
      'the program to be ready',
      async () => {
        if (ending !== null) throw new Error(`the program ended: ${JSON.stringify(ending)}`);
        const answer = await fetch(`${this.url}/readyz`).catch(() => null);
        return answer?.ok === true;
      },
      // It loads some thousand files first, which a busy machine may let wait.
      60_000,
    );
    return program;
  }

  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${SITE_KEY}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  /** No farewell: the kernel takes everything. */
  async kill(): Promise<void> {
    await this.#program?.stop('SIGKILL');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
