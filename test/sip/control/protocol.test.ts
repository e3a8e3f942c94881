// The control protocol by hand: frames, authentication first, and what is refused in which words.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { hostsDns } from '../../support/dns.ts';
import { until } from '../../support/until.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { header, headerLines, WirePhone } from '../support/wire-phone.ts';

/** An application that writes frames itself. */
class HandApp {
  readonly frames: string[] = [];
  readonly socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #count = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, data]);
      for (;;) {
        const hash = this.#pending.indexOf('#');
        if (hash < 0) return;
        const length = Number(this.#pending.toString('utf8', 0, hash));
        assert.ok(length > 0, 'every frame has a length');
        if (this.#pending.length < hash + 1 + length) return;
        this.frames.push(this.#pending.toString('utf8', hash + 1, hash + 1 + length));
        this.#pending = this.#pending.subarray(hash + 1 + length);
      }
    });
  }

  static async open(t: TestContext, rig: Rig, secret: string | null = 'sésame'): Promise<HandApp> {
    const socket = connect(rig.engine.control.port, rig.engine.control.host);
    await once(socket, 'connect');
    t.after(() => socket.destroy());
    const app = new HandApp(socket);
    if (secret !== null) await app.ask(`authenticate|${secret}|`);
    return app;
  }

  /** Sends a frame and answers the tokens after the request's id. */
  async ask(payload: string): Promise<string> {
    const id = `id${++this.#count}`;
    const text = `${id}|${payload}`;
    this.socket.write(`${Buffer.byteLength(text)}#${text}`);
    const found = await until(`an answer to ${payload.slice(0, 40)}`, () =>
      this.frames.find((frame) => frame.split('|')[1] === 'response' && frame.split('|')[2] === id),
    );
    return found.split('|').slice(3).join('|');
  }
}

test('only authenticate is heard before authentication; a wrong secret closes', async (t) => {
  const rig = await startRig(t);
  for (const verb of [
    'route|invite',
    'ping',
    'sip||\r\nOPTIONS sip:a@127.0.0.1:9 SIP/2.0\r\n\r\n',
  ]) {
    const app = await HandApp.open(t, rig, null);
    assert.equal(await app.ask(verb), 'NO|not authenticated');
    await until('the close', () => app.socket.closed);
  }
  for (const secret of ['', 'sesame', 'sésamex', 'sésam', 'x'.repeat(5_000)]) {
    const app = await HandApp.open(t, rig, null);
    assert.equal(await app.ask(`authenticate|${secret}|`), 'NO|incorrect secret');
    await until('the close', () => app.socket.closed);
  }
  const app = await HandApp.open(t, rig, null);
  const answer = await app.ask('authenticate|sésame|tag1,tag2');
  const hostPorts = `udp/127.0.0.1:${rig.udp.port},tcp/127.0.0.1:${rig.tcp.port}`;
  assert.equal(answer, `OK|${hostPorts}|v0.9.10-ringback|${hostPorts}`);
});

test('route is idempotent, remove_route removes one verb, requests go round robin', async (t) => {
  const rig = await startRig(t);
  const phone = await WirePhone.open(t, rig.udp.port);
  const apps = [await HandApp.open(t, rig), await HandApp.open(t, rig)];
  for (const app of apps) {
    for (const verb of ['info', 'message', 'message', 'message']) {
      assert.equal(await app.ask(`route|${verb}`), 'OK');
    }
  }
  const got = () => apps.map((app) => app.frames.filter((frame) => frame.includes('|sip|')).length);
  for (let i = 0; i < 6; i++) phone.send(phone.request('MESSAGE', { 'Call-ID': `m${i}` }));
  await until('six requests', () => got()[0]! + got()[1]! === 6);
  assert.deepEqual(got(), [3, 3]);
  assert.equal(await apps[0]!.ask('remove_route|message'), 'OK');
  for (let i = 6; i < 8; i++) phone.send(phone.request('MESSAGE', { 'Call-ID': `m${i}` }));
  await until('two more', () => got()[1] === 5);
  phone.send(phone.request('INFO', { 'Call-ID': 'i' }));
  await until('INFO somewhere', () => got()[0]! + got()[1]! === 9);
  assert.equal(await apps[0]!.ask('ping'), 'OK|pong');
});

test('frames that cannot be read close the connection; long ones pass up to 1 MiB', async (t) => {
  const rig = await startRig(t);
  for (const bytes of ['12x#', '99999999#', '0#', '1048577#x', '-5#abcde', '#']) {
    const app = await HandApp.open(t, rig);
    app.socket.write(bytes);
    await until('the close', () => app.socket.closed);
  }
  const app = await HandApp.open(t, rig);
  const body = 'v=0'.padEnd(900_000, 'x');
  const answer = await app.ask(`sip|nobody|\r\nSIP/2.0 200 OK\r\nContent-Length: 3\r\n\r\n${body}`);
  assert.equal(answer, 'NOK|Response not sent due to unknown transaction');
  const payloads = ['nonsense|x', 'sip|', 'sip', 'sip||\r\n', 'route|', 'proxy|x'];
  for (const payload of payloads) {
    const other = await HandApp.open(t, rig);
    assert.match(await other.ask(payload), /^NO(K)?\|/, payload);
  }
});

const REFUSED: readonly (readonly [frame: string, answer: RegExp])[] = [
  ['sip||\r\nINVITE tel:+1 SIP/2.0\r\n\r\n', /^NOK\|invalid request-uri: INVITE tel/],
  ['sip||\r\nINVITE nonsense\r\n\r\n', /^NOK\|invalid request-uri: INVITE nonsense/],
  [
    'sip||\r\nINVITE sips:a@127.0.0.1:9 SIP/2.0\r\n\r\n',
    /^NOK\|requested protocol\/transport not available/,
  ],
  [
    'sip||\r\nINVITE sip:a@127.0.0.1;transport=ws SIP/2.0\r\n\r\n',
    /^NOK\|requested protocol\/transport/,
  ],
  ['sip||\r\nMESSAGE sip:a@127.0.0.1:9 SIP/2.0\r\n\r\nhello', /^NOK\|missing content-type/],
  [
    'sip||\r\nINVITE sip:a@127.0.0.1:9 SIP/2.0\r\nFrom: <x\r\n\r\n',
    /^NOK\|invalid from value provided by client/,
  ],
  [
    'sip||\r\nINVITE sip:a@127.0.0.1:9 SIP/2.0\r\nFrom: <sip:a@b>\r\nfrom: <sip:c@d>\r\n\r\n',
    /^NOK\|.*duplicate header from/,
  ],
  ['sip||no-such-dialog\r\nBYE sip:placeholder SIP/2.0\r\n\r\n', /^NOK\|.*unable to find dialog/],
  ['sip||no-such-dialog\r\nACK sip:placeholder SIP/2.0\r\n\r\n', /^NOK\|.*ACK for non-success/],
  [
    'sip|no-such-txn|\r\nCANCEL sip:x@y SIP/2.0\r\n\r\n',
    /^NOK\|unable to cancel unknown transaction id: no-such-txn/,
  ],
];

test('what cannot be sent is refused in the words applications know', async (t) => {
  const rig = await startRig(t);
  const app = await HandApp.open(t, rig);
  for (const [frame, answer] of REFUSED) assert.match(await app.ask(frame), answer);
  const own = `sip||\r\nINVITE sip:a@127.0.0.1:${rig.udp.port} SIP/2.0\r\n\r\n`;
  assert.equal(await app.ask(own), 'NOK|can not send request to myself');
});

test('a request is completed: identities, tags, @localhost, and bytes counted anew', async (t) => {
  const rig = await startRig(t);
  const app = await HandApp.open(t, rig);
  const phone = await WirePhone.open(t, rig.udp.port);
  const echo = await app.ask(
    `sip||\r\nINVITE sip:bob@127.0.0.1:${phone.port};x=1 SIP/2.0\r\n` +
      'from: "Al Ice" <sip:alice@localhost>\r\n' +
      'x-foo: ünïcode\r\nfoo-bar: 1\r\nVia: SIP/2.0/UDP evil\r\nContent-Length: 3\r\nbad line\r\n' +
      'Bad Name: x\r\nP-Asserted-Identity: <sip:7@localhost>\r\n\r\nv=0\r\ns=✓\r\n',
  );
  const invite = await phone.take(/^INVITE/);
  const here = `127.0.0.1:${rig.udp.port}`;
  assert.match(header(invite, 'From'), new RegExp(`^"Al Ice" <sip:alice@${here}>;tag=.+$`));
  assert.equal(header(invite, 'To'), `<sip:bob@127.0.0.1:${phone.port};x=1>`);
  assert.equal(header(invite, 'Contact'), `<sip:${here}>`);
  assert.equal(header(invite, 'P-Asserted-Identity'), `<sip:7@${here}>`);
  assert.equal(header(invite, 'x-foo'), 'ünïcode');
  assert.match(invite, /\r\nFoo-Bar: 1\r\n/);
  assert.equal(header(invite, 'Content-Type'), 'application/sdp');
  assert.equal(header(invite, 'Content-Length'), String(Buffer.byteLength('v=0\r\ns=✓\r\n')));
  assert.equal(headerLines(invite, 'Via').length, 1);
  assert.doesNotMatch(invite, /evil|bad line|Bad Name/);
  assert.equal(echo.slice(echo.indexOf('\r\n') + 2), invite);
  assert.match(echo, new RegExp(`^OK\\|application\\|\\d+\\|udp\\|127.0.0.1\\|${rig.udp.port}\\|`));
});

test('the proxy token is the next hop, the Request-URI stays, no Route is added', async (t) => {
  const rig = await startRig(t);
  const app = await HandApp.open(t, rig);
  const phone = await WirePhone.open(t, rig.udp.port);
  const frame = `sip|||sip:127.0.0.1:${phone.port}\r\nOPTIONS sip:x@example.com SIP/2.0\r\n`;
  await app.ask(`${frame}Call-ID: mine\r\nCSeq: 77 OPTIONS\r\nFrom: <sip:a@b>;tag=t1\r\n\r\n`);
  const options = await phone.take(/^OPTIONS sip:x@example.com SIP/);
  assert.equal(header(options, 'Call-ID'), 'mine');
  assert.equal(header(options, 'CSeq'), '77 OPTIONS');
  assert.equal(header(options, 'From'), '<sip:a@b>;tag=t1');
  assert.equal(header(options, 'Contact'), '');
  assert.equal(header(options, 'Route'), '');
});

test('the response frame comes before the sip frame of the same transaction', async (t) => {
  const rig = await startRig(t, {}, { dns: hostsDns(() => null) });
  const app = await HandApp.open(t, rig);
  const echo = await app.ask('sip||\r\nOPTIONS sip:x@nowhere SIP/2.0\r\n\r\n');
  const id = echo.split('|')[7]!;
  const failed = await until('the failure', () =>
    app.frames.find((frame) => frame.includes(`|${id}|`) && frame.split('|')[1] === 'sip'),
  );
  assert.match(failed, /\|\|0\|[\d:.]+\|[^|]+\|\|\r\nSIP\/2.0 503 DNS Error\r\n/);
  const order = app.frames.map((frame) => frame.split('|')[1]);
  assert.ok(order.lastIndexOf('response') < order.indexOf('sip'));
});
