// RFC 4475 and RFC 5118: every message through the parser, and those with a certain answer through
// the running engine over UDP.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseAddress } from '../../sip/message/address.ts';
import type { SipMessage } from '../../sip/message/message.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { startRig } from '../sip/support/rig.ts';
import { BytePhone } from './byte-phone.ts';
import type { Torture } from './message.ts';
import { INVALID } from './rfc4475-invalid.ts';
import { LAYERS } from './rfc4475-layers.ts';
import { VALID } from './rfc4475-valid.ts';
import { IPV6 } from './rfc5118.ts';

const RFC4475 = [...VALID, ...INVALID, ...LAYERS];
const ALL: readonly (readonly [string, Torture])[] = [
  ...RFC4475.map((message) => ['RFC 4475', message] as const),
  ...IPV6.map((message) => ['RFC 5118', message] as const),
];

/** What an outcome may ask of a message; every other name is a header. */
const ASKED: Readonly<Record<string, (message: SipMessage) => string | number | null>> = {
  uri: ({ uri }) => uri,
  version: ({ version }) => version,
  status: ({ status }) => status,
  reason: ({ reason }) => reason,
  body: ({ body }) => body,
  to: ({ to }) => to,
  callId: ({ callId }) => callId,
  fromTag: ({ fromTag }) => fromTag,
  toTag: ({ toTag }) => toTag,
  cseqNumber: ({ cseqNumber }) => cseqNumber,
  branch: ({ topVia }) => topVia?.branch ?? null,
  viaHost: ({ topVia }) => topVia?.host ?? null,
  viaPort: ({ topVia }) => topVia?.port ?? null,
  vias: (message) => message.list('via').length,
  contacts: (message) => message.list('contact').length,
  contactUri: (message) => parseAddress(message.first('contact') ?? '')?.uri ?? null,
  toUri: ({ to }) => parseAddress(to)?.uri ?? null,
  requestUser: ({ uri }) => parseUri(uri)?.user ?? null,
  requestHost: ({ uri }) => parseUri(uri)?.host ?? null,
  requestPort: ({ uri }) => parseUri(uri)?.port ?? null,
};

test('the messages of both documents are all here', () => {
  assert.deepEqual([VALID.length, INVALID.length, LAYERS.length, IPV6.length], [13, 19, 17, 11]);
  assert.equal(new Set(ALL.map(([, { name }]) => name)).size, ALL.length);
});

for (const [document, { name, section, text, outcome }] of ALL) {
  test(`${document} ${section} ${name}: ${outcome.kind}`, () => {
    const parsed = parseMessage(text, { stream: false });
    if (outcome.kind === 'dropped') return assert.equal(parsed, null);
    assert.ok(parsed !== null);
    if (outcome.kind === 'refused') {
      assert.match(parsed.defect?.reason ?? 'accepted', outcome.because);
      return assert.equal(parsed.defect?.status, outcome.status);
    }
    assert.equal(parsed.defect, null);
    assert.equal(parsed.message.method, outcome.method);
    for (const [part, value] of Object.entries(outcome.parts ?? {})) {
      const ask = ASKED[part] ?? ((message: SipMessage) => message.first(part));
      assert.deepEqual(ask(parsed.message), value, part);
    }
  });
}

for (const [document, { name, text, answer }] of ALL) {
  if (answer === undefined) continue;
  const said = answer ?? 'silence';
  test(`${document} ${name} over UDP: ${said}, and the engine goes on`, async (t) => {
    const rig = await startRig(t);
    for (const method of ['options', 'register']) {
      rig.srf.use(method, (_req: unknown, res: { send(status: number): void }) => res.send(200));
    }
    const phone = await BytePhone.open(t, rig.udp.port);
    phone.send(text);
    if (answer !== null) assert.equal(await phone.status(), answer);
    phone.send(phone.ping);
    assert.equal(await phone.status(), 200);
    assert.equal(phone.received, answer === null ? 1 : 2);
  });
}
