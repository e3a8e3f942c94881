// A small real DNS server over UDP on loopback: A, AAAA, SRV and NAPTR from a table. RFC 1035.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

export type ZoneRecord =
  | { readonly type: 'A'; readonly ttl: number; readonly address: string }
  | { readonly type: 'SRV'; readonly priority: number; readonly weight: number }
  | { readonly type: 'NAPTR'; readonly order: number; readonly service: string };

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' };
const TYPE_NUMBERS = { A: 1, SRV: 33, NAPTR: 35 };

export type Zone = Readonly<
  Record<string, readonly (ZoneRecord & { readonly port?: number; readonly target?: string })[]>
>;

function labels(name: string): Buffer {
  const parts = name === '' ? [] : name.split('.');
  const written = parts.map((part) => Buffer.from([part.length, ...Buffer.from(part)]));
  return Buffer.concat([...written, Buffer.of(0)]);
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2));
  return bytes;
}

function counted(text: string): Buffer {
  return Buffer.from([text.length, ...Buffer.from(text)]);
}

function dataOf(record: Zone[string][number]): Buffer {
  const target = labels(record.target ?? '');
  switch (record.type) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number));
    case 'SRV':
      return Buffer.concat([words(record.priority, record.weight, record.port ?? 0), target]);
    case 'NAPTR': {
      const texts = [counted('s'), counted(record.service), counted('')];
      return Buffer.concat([words(record.order, 10), ...texts, target]);
    }
  }
}

function questionOf(query: Buffer): { name: string; type: string; end: number } {
  const parts: string[] = [];
  let at = 12;
  while (query[at] !== 0) {
    const length = query[at]!;
    parts.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = TYPES[query.readUInt16BE(at + 1)] ?? '?';
  return { name: parts.join('.').toLowerCase(), type, end: at + 5 };
}

/** Starts it; `asked` holds `SRV _sip._udp.example` of every question. */
export async function openDnsServer(
  t: TestContext,
  zone: Zone,
): Promise<{ readonly server: string; readonly asked: readonly string[] }> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query);
    asked.push(`${type} ${name}`);
    const known = zone[name];
    const records = (known ?? []).filter((record) => record.type === type);
    const answers = records.map((record) => {
      const data = dataOf(record);
      const ttl = record.type === 'A' ? record.ttl : 60;
      const head = words(0xc00c, TYPE_NUMBERS[record.type], 1, 0, ttl, data.length);
      return Buffer.concat([head, data]);
    });
    const flags = known === undefined ? 0x8183 : 0x8180;
    const header = words(query.readUInt16BE(0), flags, 1, answers.length, 0, 0);
    const reply = Buffer.concat([header, query.subarray(12, end), ...answers]);
    socket.send(reply, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}
