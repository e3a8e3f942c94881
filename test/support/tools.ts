// The programs that some tests talk to. Missing ones skip the test with a reason, except in CI,
// where a test that silently does not run would be worth nothing.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/** Full path of a program, null when it is not installed. */
export function findTool(name: string, path = process.env['PATH'] ?? ''): string | null {
  const places = path.split(delimiter).map((folder) => join(folder, name));
  return places.find((place) => existsSync(place)) ?? null;
}

/**
 * True when the program is there. Otherwise the test is skipped and must return; in CI it fails.
 * @example if (!requireTool(t, 'sipp')) return;
 */
export function requireTool(t: Pick<TestContext, 'skip'>, name: string): boolean {
  if (findTool(name)) return true;
  const reason = `${name} is not installed: node scripts/deps.ts`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  t.skip(reason);
  return false;
}

/**
 * Whether a child process listens on a UDP port. Reads the kernel's table: trying to bind the port
 * ourselves could take it from the child in that very moment.
 */
export async function udpListening(host: string, port: number): Promise<boolean> {
  return (await inTable('udp', port)) ?? (await udpPortTaken(host, port));
}

/** Whether a child process listens on a TCP port; connecting to see would be a peer to it. */
export async function tcpListening(port: number): Promise<boolean> {
  return (await inTable('tcp', port)) ?? true;
}

/** Whether the kernel's table has the port as a local one; null where there is no such table. */
async function inTable(protocol: 'udp' | 'tcp', port: number): Promise<boolean | null> {
  const table = await readFile(`/proc/net/${protocol}`, 'latin1').catch(() => null);
  if (table === null) return null;
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').some((line) => line.trim().split(/\s+/)[1]?.endsWith(`:${wanted}`));
}

async function udpPortTaken(host: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(true));
    socket.bind(port, host, () => socket.close(() => resolve(false)));
  });
}

/**
 * A port that is free for UDP and TCP together with `others` ports after it, to be bound by a child
 * in a moment, and again when it is started anew. It lies below the ports the kernel picks from
 * (32768 and up on Linux): one of those can be taken by anybody's connection meanwhile. Never given
 * twice, to no other test process of this machine either while this one lives.
 */
export async function freePort(host: string, others = 0): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(FIRST_FREE_PORT, LAST_FREE_PORT - others);
    const wanted = Array.from({ length: others + 1 }, (_, i) => port + i);
    if (!claim(wanted)) continue;
    const taken = await Promise.all(
      wanted.flatMap((one) => [udpPortTaken(host, one), tcpPortTaken(host, one)]),
    );
    if (!taken.includes(true)) return port;
  }
  throw new Error(`no free port on ${host}`);
}

/** Apart from the ports that the kernel picks and from those that sites use for RTP. */
const FIRST_FREE_PORT = 10_000;
const LAST_FREE_PORT = 19_999;

/** One file for each port that was given, with the process that has it. */
const LEDGER = join(tmpdir(), 'ringback-test-ports');
const claimed = new Set<number>();
process.once('exit', () => claimed.forEach((port) => rmSync(entryOf(port), { force: true })));

function entryOf(port: number): string {
  return join(LEDGER, String(port));
}

/** Writes down that these ports are ours, as long as we live; false when one is somebody's. */
function claim(ports: readonly number[]): boolean {
  mkdirSync(LEDGER, { recursive: true, mode: 0o777 });
  return ports.every((port) => {
    try {
      writeFileSync(entryOf(port), String(process.pid), { flag: 'wx' });
      claimed.add(port);
      return true;
    } catch (error) {
      // Without a ledger chance alone keeps test processes apart.
      if ((error as { code?: string }).code !== 'EEXIST') return true;
      forgetTheDead(port);
      return false;
    }
  });
}

/** A process that was killed has left its entries: the next to come may have their ports. */
function forgetTheDead(port: number): void {
  try {
    const owner = Number(readFileSync(entryOf(port), 'utf8'));
    // Being written at this moment.
    if (!(owner > 0)) return;
    process.kill(owner, 0);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ESRCH') rmSync(entryOf(port), { force: true });
  }
}

async function tcpPortTaken(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(true));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}

const children = new Set<ChildProcess>();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** A child that must not outlive this process, however it ends. */
export function endWithUs(child: ChildProcess): void {
  children.add(child);
  child.once('close', () => children.delete(child));
}
