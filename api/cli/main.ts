#!/usr/bin/env node
// The command `ringback`: the client's API for people at a terminal. What it does is in run.ts; the
// server's own arguments are in ../cli.ts.
import { liveClock } from '../../core/live.ts';
import { run } from './run.ts';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
// `ringback list | head`: nobody reads any more.
process.stdout.on('error', () => process.exit(0));

const { stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  clock: liveClock,
  signal: stop.signal,
  terminal: {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : null),
  },
});
