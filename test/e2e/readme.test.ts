// The README's "A first callback by hand", as a newcomer types it: its own lines, in its order,
// until the callback is completed. Only ports are others: nothing else here is in the way.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { freePort, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = 'ringback.example.yaml';

/** The shell blocks of a section, in order. */
function shellBlocks(markdown: string, heading: string): readonly string[] {
  const section = markdown.split(/^## /mu).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```/gmsu)].map(([, block = '']) => block);
}

/** A checkout of its own: the sources by link, the example with other ports, no data yet. */
function makeCheckout(t: TestContext, ports: { sip: number; http: number; trunk: number }): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-readme-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(ROOT)) {
    if (![EXAMPLE, 'data', 'demo-out', '.git'].includes(name)) {
      symlinkSync(join(ROOT, name), join(folder, name));
    }
  }
  const listen = ['udp', 'tcp'].map((protocol) => ({ protocol, port: ports.sip }));
  const example = readFileSync(join(ROOT, EXAMPLE), 'utf8')
    .replace('port: 8080', `port: ${ports.http}`)
    .replace('port: 5060', `port: ${ports.trunk}`)
    .replace('sip:\n', `sip:\n  listen: ${JSON.stringify(listen)}\n`);
  writeFileSync(join(folder, EXAMPLE), example);
  return folder;
}

/** A terminal that runs a block; ends with the test, with all that the block started. */
function terminal(t: TestContext, cwd: string, block: string) {
  const child: ChildProcess = spawn('sh', ['-c', block], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', end);
  t.after(end);
  const seen = { output: '' };
  const keep = (chunk: Buffer) => (seen.output += chunk.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return seen;
}

test('the first callback by hand works word for word', async (t) => {
  if (!requireTool(t, 'curl')) return;
  const blocks = shellBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'A first callback');
  assert.equal(blocks.length, 3, 'server, telephones, requests');
  const ports = {
    sip: await freePort('127.0.0.1'),
    http: await freePort('127.0.0.1'),
    trunk: await freePort('127.0.0.2'),
  };
  const cwd = makeCheckout(t, ports);
  const phoneArguments = `-- --registrar 127.0.0.1:${ports.sip} --trunk 127.0.0.2:${ports.trunk}`;
  const [server = '', phones = '', requests = ''] = blocks.map((block) =>
    block
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${ports.http}`)
      .replace('npm run phones', `npm run phones ${phoneArguments}`),
  );

  const first = terminal(t, cwd, server);
  await until('the banner', () => first.output.includes('Ringback is running'), 60_000);
  const second = terminal(t, cwd, phones);
  await until('the registration', () => second.output.includes('registered at'), 60_000);
  const third = terminal(t, cwd, requests);
  const completed = () => /"type":"[a-z-]+"[^\n]*"state":"completed"/u.test(third.output);
  await until('the end of the stream', completed, 60_000).catch((error: unknown) => {
    assert.fail(`${String(error)}\n${third.output}\n${second.output}\n${first.output}`);
  });

  const key = readFileSync(join(cwd, 'data/api-key'), 'utf8').trim();
  const answer = await fetch(`http://127.0.0.1:${ports.http}/api/v1/callbacks`, {
    headers: { Authorization: `Bearer ${key}` },
  });
  const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
  assert.equal(items[0]?.['reason'], 'AGENT_CONNECTED', third.output);
  assert.match(second.output, /customer +answers/u);
  assert.match(second.output, /anna +answers/u);
});
