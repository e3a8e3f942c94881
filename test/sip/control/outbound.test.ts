// drachtio's outbound mode: unmodified drachtio-srf listens, and the engine connects to it for each
// new request.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import Srf from 'drachtio-srf';
import type { SrfRequest, SrfResponse } from 'drachtio-srf';
import type { RequestHandler } from '../../../sip/types.ts';
import { freePort } from '../../support/tools.ts';
import { until } from '../../support/until.ts';
import { collected } from '../support/peer.ts';
import { ANSWER, next, OFFER, startRig, type Rig } from '../support/rig.ts';
import { header, WirePhone } from '../support/wire-phone.ts';

/** What the types of the package do not say of an application that listens. */
type Listening = Srf & {
  listen(options: { server: Server; secret: string }): void;
  endSession(of: SrfRequest): void;
  options(handler: (req: SrfRequest, res: SrfResponse) => void): void;
};

interface App {
  readonly srf: Listening;
  readonly port: number;
  /** Every connection so far. */
  readonly sockets: readonly Socket[];
}

/** An application that waits for engines. */
async function listening(t: TestContext, secret = 'sésame'): Promise<App> {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  const srf = new Srf() as Listening;
  srf.on('error', () => undefined);
  srf.listen({ server, secret });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { srf, port: (server.address() as AddressInfo).port, sockets };
}

const to = (method: string, port: number): RequestHandler => {
  return { method, host: '127.0.0.1', port };
};

const connections = async (rig: Rig) => (await rig.engine.stats())['appConnections'];

test('each call has a connection of its own, which the application ends', async (t) => {
  const app = await listening(t);
  const engine = await startRig(t, { handlers: [to('INVITE', app.port)] });
  // It asked for INVITEs on its own connection, and gets none.
  engine.srf.invite((_req, res) => res.send(603));
  const destroyed: Promise<unknown>[] = [];
  app.srf.invite((req, res) => {
    void app.srf.createUAS(req, res, { localSdp: ANSWER }).then((dialog) => {
      destroyed.push(next(dialog, 'destroy').then(() => app.srf.endSession(req)));
    });
  });
  const caller = await startRig(t);
  const call = () => caller.srf.createUAC(engine.uri(), { localSdp: OFFER });
  const [one, two] = [await call(), await call()];
  assert.equal(one.remote.sdp, ANSWER);
  assert.equal(app.sockets.length, 2);
  assert.equal(await connections(engine), 3);
  one.destroy();
  await until('the first connection to end', async () => (await connections(engine)) === 2);
  assert.equal(await two.modify(`${OFFER}a=sendonly\r\n`), ANSWER, 'the other call goes on');
  two.destroy();
  await until('the second one to end', async () => (await connections(engine)) === 1);
  await Promise.all(destroyed);
  assert.equal((await engine.engine.stats())['dialogs'], 0);
});

test('an application that goes in the midst of a call has it hung up', async (t) => {
  const app = await listening(t);
  const engine = await startRig(t, { handlers: [to('INVITE', app.port)] });
  app.srf.invite((req, res) => void app.srf.createUAS(req, res, { localSdp: ANSWER }));
  const caller = await startRig(t);
  const call = await caller.srf.createUAC(engine.uri(), { localSdp: OFFER });
  const ended = next(call, 'destroy');
  app.sockets[0]?.destroy();
  const [bye] = (await ended) as [SrfRequest];
  assert.match(bye.get('Reason'), /application disconnected/);
});

test('the first handler that fits is asked; other methods go to who connected', async (t) => {
  const [any, invites] = [await listening(t), await listening(t)];
  const handlers = [to('INVITE', invites.port), to('*', any.port)];
  const engine = await startRig(t, { handlers });
  any.srf.options((req, res) => res.send(200, 'any', {}, () => any.srf.endSession(req)));
  invites.srf.invite((req, res) => res.send(486, 'invites', {}, () => invites.srf.endSession(req)));
  const phone = await WirePhone.open(t, engine.udp.port);
  phone.send(phone.request('OPTIONS'));
  await phone.take(/^SIP\/2.0 200 any/);
  phone.send(phone.request('INVITE', { 'Call-ID': 'x' }, OFFER));
  await phone.take(/^SIP\/2.0 486 invites/);
  const only = await startRig(t, { handlers: [to('INVITE', invites.port)] });
  const other = await WirePhone.open(t, only.udp.port);
  other.send(other.request('OPTIONS'));
  await other.take(/^SIP\/2.0 503/);
});

test('nobody there, a wrong secret, too many at once: the caller hears it soon', async (t) => {
  const nowhere = await startRig(t, { handlers: [to('*', await freePort('127.0.0.1'))] });
  const phone = await WirePhone.open(t, nowhere.udp.port);
  phone.send(phone.request('INVITE', {}, OFFER));
  await phone.take(/^SIP\/2.0 480/);
  const app = await listening(t, 'guessed');
  const engine = await startRig(t, { handlers: [to('*', app.port)] });
  const caller = await startRig(t);
  const calling = caller.srf.createUAC(engine.uri(), { localSdp: OFFER });
  await assert.rejects(calling, { status: 480 });
  assert.equal(await connections(engine), 1, 'of the application that connected');
  const limits = { tcpConnections: 0 };
  const full = await startRig(t, { handlers: [to('*', app.port)], limits });
  const third = await WirePhone.open(t, full.udp.port);
  third.send(third.request('MESSAGE'));
  assert.equal(header(await third.take(/^SIP\/2.0 503/), 'Retry-After'), '5');
});

test('s.9.2: a CANCEL before the application has authenticated: it hears it later', async (t) => {
  const connected = Promise.withResolvers<Socket>();
  const slow = createServer(connected.resolve).listen(0, '127.0.0.1');
  await once(slow, 'listening');
  t.after(() => slow.close());
  const { port } = slow.address() as AddressInfo;
  const engine = await startRig(t, { handlers: [to('INVITE', port)] });
  const phone = await WirePhone.open(t, engine.udp.port);
  const invite = phone.request('INVITE', {}, OFFER);
  phone.send(invite);
  await phone.take(/^SIP\/2.0 100/);
  phone.send(phone.request('CANCEL', { Via: header(invite, 'Via'), CSeq: '1 CANCEL' }));
  assert.equal(header(await phone.take(/^SIP\/2.0 200/), 'CSeq'), '1 CANCEL');
  await phone.take(/^SIP\/2.0 487/);
  const socket = await connected.promise;
  const text = collected(socket);
  const proof = 'id1|authenticate|sésame|';
  socket.write(`${Buffer.byteLength(proof)}#${proof}`);
  await until('the CANCEL', () => text().includes('CANCEL sip:'));
  const places = ['|response|id1|OK|', 'INVITE sip:', 'CANCEL sip:'].map((it) =>
    text().indexOf(it),
  );
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    'nothing is said to a stranger',
  );
  assert.ok(!places.includes(-1));
  socket.destroy();
});

test('an application that we connected to gets no requests by asking for them', async (t) => {
  const app = await listening(t);
  const engine = await startRig(t, { handlers: [to('INVITE', app.port)] });
  let asked = 0;
  app.srf.options((_req, res) => {
    asked += 1;
    res.send(200);
  });
  app.srf.invite((_req, res) => res.send(180));
  const phone = await WirePhone.open(t, engine.udp.port);
  phone.send(phone.request('INVITE', { 'Call-ID': 'x' }, OFFER));
  await phone.take(/^SIP\/2.0 180/);
  const text = 'id1|route|options';
  app.sockets[0]?.write(`${text.length}#${text}`);
  phone.send(phone.request('OPTIONS', { 'Call-ID': 'y' }));
  await phone.take(/^SIP\/2.0 503/);
  assert.equal(asked, 0);
});
