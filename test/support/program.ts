// The real program as a process of its own, for tests that kill it or read what it says.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { PASSWORD, SITE_KEY } from './site.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../api/main.ts');

/** Runs api/main.ts with a configuration made by `siteConfig`, whose HTTP port is fixed. */
export class Program {
  readonly url: string;
  readonly #config: string;
  #child: ChildProcess | null = null;

  constructor(config: string, httpPort: number) {
    this.#config = config;
    this.url = `http://127.0.0.1:${httpPort}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, '--config', this.#config], {
      env: { ...process.env, SITE_API_KEY: SITE_KEY, SITE_PASSWORD: PASSWORD },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(
      'the program to answer',
      async () => {
        if (child.exitCode !== null) throw new Error(`the program ended: ${said}`);
        const answer = await fetch(`${this.url}/readyz`).catch(() => null);
        return answer?.ok === true;
      },
      20_000,
    );
  }

  /** No farewell: the kernel takes everything. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#child = null;
  }

  async api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${SITE_KEY}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}
