// RFC 4475 s.3.3: what the applications themselves say to messages that are right in form.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { openWorld } from '../sip/apps/support/world.ts';
import { BytePhone } from './byte-phone.ts';
import { LAYERS } from './rfc4475-layers.ts';

const ANSWERS: readonly (readonly [name: string, status: number, header: RegExp | null])[] = [
  ['unkscm', 416, null],
  ['novelsc', 416, null],
  ['unksm2', 401, /^WWW-Authenticate:/m],
  ['bext01', 420, /^Unsupported: nothingSupportsThis, nothingSupportsThisEither\r$/m],
  ['invut', 415, /^Accept: application\/sdp\r$/m],
  ['regaut01', 401, /^WWW-Authenticate: Digest /m],
  ['sdp01', 406, null],
];

for (const [name, status, header] of ANSWERS) {
  test(`RFC 4475 ${name}: ${status} from the application`, async (t) => {
    const message = LAYERS.find((one) => one.name === name);
    assert.ok(message !== undefined);
    const world = await openWorld(t);
    const phone = await BytePhone.open(t, world.address.port);
    phone.send(message.text);
    assert.equal(await phone.status(), status);
    if (header !== null) assert.match(phone.latest, header);
  });
}
