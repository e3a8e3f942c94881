// STUN keep-alive on the SIP sockets. RFC 5626 s.3.5.2; the samples are RFC 5769 s.2.2, s.2.3.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { bindingResponse, isStun } from '../../../sip/transport/stun.ts';
import { until } from '../../support/until.ts';
import { startRig } from '../support/rig.ts';

/** Binding request without attributes, with the transaction id of RFC 5769. */
const REQUEST = Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex');

test('RFC 5769 s.2.2: the mapped IPv4 address 192.0.2.1 port 32853', () => {
  const response = bindingResponse(REQUEST, '192.0.2.1', 32_853);
  const attribute = '002000080001a147e112a643';
  assert.equal(response?.toString('hex'), `0101000c2112a442b7e7a701bc34d686fa87dfae${attribute}`);
});

test('RFC 5769 s.2.3: the mapped IPv6 address, however it is shortened', () => {
  const attribute = '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9';
  const full = '2001:db8:1234:5678:11:2233:4455:6677';
  const response = bindingResponse(REQUEST, full, 32_853);
  assert.equal(response?.subarray(20).toString('hex'), attribute);
  const short = bindingResponse(REQUEST, '::1', 1)?.subarray(28);
  const long = bindingResponse(REQUEST, '0:0:0:0:0:0:0:1', 1)?.subarray(28);
  assert.deepEqual(short, long);
});

test('what is no Binding request gets no answer, and SIP is no STUN', () => {
  const indication = Buffer.from(REQUEST);
  indication.writeUInt16BE(0x0011, 0);
  assert.equal(bindingResponse(indication, '192.0.2.1', 1), null);
  assert.equal(isStun(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n')), false);
  assert.equal(isStun(Buffer.concat([REQUEST, Buffer.from('x')])), false);
});

test('on the wire: CRLF is ignored, a Binding request is answered, SIP goes on', async (t) => {
  const rig = await startRig(t);
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const inbox: Buffer[] = [];
  socket.on('message', (data) => inbox.push(data));
  socket.send('\r\n\r\n', rig.udp.port, '127.0.0.1');
  socket.send(REQUEST, rig.udp.port, '127.0.0.1');
  const answer = await until('an answer', () => inbox[0]);
  assert.deepEqual(answer, bindingResponse(REQUEST, '127.0.0.1', socket.address().port));
  assert.equal((await rig.engine.stats())['messagesReceived'], 0);
});
