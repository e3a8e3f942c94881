// A real HTTP server over a fake world, and a reader of event streams.
import type { TestContext } from 'node:test';
import { silentLog } from '../../core/live.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { startServer, type RunningServer } from '../../api/server.ts';
import { until } from '../support/until.ts';
import { createWorld, KEY, type World } from './fakes.ts';

/** A fake world behind a real socket; closed with the test. */
export async function served(
  t: TestContext,
  yaml = '',
  changes: Partial<ApiDeps> = {},
): Promise<{ readonly world: World; readonly server: RunningServer }> {
  const world = createWorld(yaml, changes);
  const { http } = world.config;
  const server = await startServer(world.app, { ...http, host: '127.0.0.1', port: 0 }, silentLog);
  t.after(async () => {
    world.close();
    await server.stop();
  });
  return { world, server };
}

/** One event stream, read as it comes. */
export interface Stream {
  readonly status: number;
  /** Everything received so far. */
  readonly text: () => string;
  /** Ids of the `callback` events received so far. */
  readonly ids: () => readonly number[];
  readonly ended: () => boolean;
  close(): void;
}

/** Connects and reads until closed. */
export async function listen(
  t: TestContext,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Stream> {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { Authorization: `Bearer ${KEY}`, ...headers },
    signal: abort.signal,
  });
  let text = '';
  let ended = false;
  void (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array);
    } catch {
      // Closed by this side.
    }
    ended = true;
  })();
  if (response.ok) await until('the stream to open', () => text.includes(': connected'));
  return {
    status: response.status,
    text: () => text,
    ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
    ended: () => ended,
    close: () => abort.abort(),
  };
}
