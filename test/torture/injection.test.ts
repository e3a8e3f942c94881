// Whatever an application or a caller of the face writes, it cannot add a line to a SIP message,
// move its end, or take the place of what the engine writes. Over the running engine.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RingbackError } from '../../core/errors.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import type { SipMessage } from '../../sip/message/message.ts';
import type { OriginateRequest } from '../../sip/index.ts';
import { trunkOptions } from '../sip/apps/support/options.ts';
import { Notes, openWorld, SDP } from '../sip/apps/support/world.ts';
import { startRig } from '../sip/support/rig.ts';
import { until } from '../support/until.ts';

const EVIL = [
  ...[
    '\r\nX-Evil: yes',
    '\nX-Evil: yes',
    '\rX-Evil: yes',
    '\r\n\r\nX-Evil: yes',
    '\r\n X-Evil: yes',
  ],
  ...[
    '%0d%0aX-Evil: yes',
    '\0',
    '"',
    '\\',
    '\\"',
    '>',
    '<sip:evil@evil.example>',
    ';tag=evil',
    ',',
  ],
  ...['\r\nVia: SIP/2.0/UDP evil.example', '\r\nContent-Length: 0', '\r\nRoute: <sip:evil>', '|'],
  ...['\u2028X-Evil: yes', '\u0085X-Evil: yes', '\u560a\u560dX-Evil: yes'],
];

/** Words with something evil in them. */
const evil = fc
  .array(fc.oneof(fc.constantFrom(...EVIL), fc.string({ maxLength: 8 })), { maxLength: 4 })
  .map((parts) => `a${parts.join('')}`);

/** Everything that reaches a port, answered with 486 when it is a request. */
async function listener(t: TestContext) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const received: string[] = [];
  socket.on('message', (data, from) => {
    const text = data.toString('latin1');
    received.push(text);
    if (!/^(?!ACK|SIP)/.test(text)) return;
    const kept = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
    const tagged = kept.map((line) => (/^To:(?!.*;tag=)/i.test(line) ? `${line};tag=b` : line));
    const reply = ['SIP/2.0 486 Busy Here', ...tagged, 'Content-Length: 0', '', ''].join('\r\n');
    socket.send(Buffer.from(reply, 'latin1'), from.port, from.address);
  });
  return { port: socket.address().port, received };
}

/** One message with the end it says it has, and every line of the engine's once. */
function checkFrame(text: string): SipMessage {
  assert.doesNotMatch(text.slice(0, text.indexOf('\r\n\r\n')), /\r(?!\n)|(?<!\r)\n|\0/);
  const parsed = parseMessage(text, { stream: true });
  assert.equal(parsed?.defect, null, text);
  const { message } = parsed;
  assert.equal(message.text(), text, 'ends where it says');
  for (const key of ['via', 'from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length']) {
    assert.equal(message.all(key).length, 1, `${key} once in ${text}`);
  }
  assert.doesNotMatch(message.first('via') ?? '', /evil/);
  return message;
}

test('the face: numbers, names, headers and reasons stay what they are', async (t) => {
  const { port, received } = await listener(t);
  const { sip } = await openWorld(t, { options: { trunks: [trunkOptions({ port })] } });
  const plain = { displayName: 'A', callerId: null, number: '+12125550123', headers: {} };
  // One evil thing at a time: the refusal of one must not hide another.
  const parts = fc.oneof(
    evil.map((displayName) => ({ ...plain, displayName })),
    evil.map((callerId) => ({ ...plain, callerId })),
    evil.map((number) => ({ ...plain, number })),
    evil.map((value) => ({ ...plain, headers: { 'X-Note': value } })),
    evil.map((name) => ({ ...plain, headers: { [name]: 'value' } })),
  );
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(parts, evil, async ({ number, ...rest }, reason) => {
      const target = { kind: 'number', number, trunk: null } as const;
      const asked: OriginateRequest = { target, offerSdp: SDP, ringTimeoutMs: 5_000, ...rest };
      received.length = 0;
      const notes = new Notes();
      try {
        const leg = sip.originate(asked, notes);
        await until('the end of the call', () => notes.told.some((told) => /^failed/.test(told)));
        leg.hangUp(reason);
      } catch (error) {
        assert.ok(error instanceof RingbackError, String(error));
        return;
      }
      for (const text of received) {
        const message = checkFrame(text);
        assert.equal(message.first('x-evil'), null, text);
        assert.equal(message.first('route'), null, text);
        if (message.method === 'INVITE') assert.equal(message.body, SDP);
        sent++;
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(sent > 20, `calls went out: ${sent}`);
});

test('the face: the reason of a rejection is a phrase on one line', async (t) => {
  const { port, received } = await listener(t);
  const trunk = trunkOptions({ port, inboundFrom: ['127.0.0.1'] });
  const { sip, address } = await openWorld(t, { options: { trunks: [trunk] }, listens: false });
  let reason = '';
  sip.onInbound((call) => call.reject(480, reason));
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  let count = 0;
  await fc.assert(
    fc.asyncProperty(evil, async (words) => {
      reason = words;
      received.length = 0;
      const nth = ++count;
      const lines = [
        `INVITE sip:+12125550100@127.0.0.1 SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKin${nth}`,
        ...[`From: <sip:+12125550123@127.0.0.1>;tag=${nth}`, 'To: <sip:+12125550100@127.0.0.1>'],
        ...[`Call-ID: in-${nth}`, 'CSeq: 1 INVITE', 'Max-Forwards: 70', 'Content-Length: 0'],
        ...[`Contact: <sip:caller@127.0.0.1:${port}>`, '', ''],
      ];
      const answer = await new Promise<string>((resolve) => {
        const heard = (data: Buffer) => {
          const text = data.toString('latin1');
          if (!text.includes(`Call-ID: in-${nth}\r\n`) || text.startsWith('SIP/2.0 100')) return;
          socket.off('message', heard);
          resolve(text);
        };
        socket.on('message', heard);
        socket.send(lines.join('\r\n'), address.port, address.host);
      });
      const parsed = parseMessage(answer, { stream: true });
      assert.equal(parsed?.defect, null);
      assert.equal(parsed.message.status, 480);
      assert.equal(parsed.message.first('x-evil'), null);
      assert.equal(parsed.message.text(), answer);
    }),
    { numRuns: 60 },
  );
});

type SendRequest = (uri: string, options: object) => Promise<NodeJS.EventEmitter>;

/** Resolves with the response; rejects when the application or the engine refuses to send. */
async function sendRequest(srf: unknown, uri: string, options: object): Promise<void> {
  const { request } = srf as { readonly request: SendRequest };
  const sent = await request.call(srf, uri, options);
  await once(sent, 'response');
}

test('a bare drachtio-srf application: the lines of the engine stay its own', async (t) => {
  const { port, received } = await listener(t);
  const { srf } = await startRig(t);
  const names = fc.constantFrom('Subject', 'From', 'To', 'Contact', 'Call-ID', 'CSeq', 'Route');
  const own = fc.constantFrom('Via', 'Max-Forwards', 'Content-Length', 'X-Note');
  const headers = fc.dictionary(fc.oneof(names, own), evil, { maxKeys: 3 });
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(headers, evil, async (given, body) => {
      received.length = 0;
      const uri = `sip:bob@127.0.0.1:${port}`;
      const typed = { 'Content-Type': 'text/plain', ...given };
      const options = { method: 'MESSAGE', headers: typed, body };
      await sendRequest(srf, uri, options).catch(() => undefined);
      for (const text of received) {
        checkFrame(text);
        sent++;
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
  assert.ok(sent > 5, `requests went out: ${sent}`);
});
