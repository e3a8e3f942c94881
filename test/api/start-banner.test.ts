// What is said at the start: addresses, the key only once, the next step, what is missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../api/config.ts';
import { startBanner, type Started } from '../../api/start-banner.ts';

function banner(changes: Partial<Started> = {}, yaml = '', environment = {}): string {
  return startBanner({
    config: parseConfig(yaml, environment),
    sipListening: [
      { protocol: 'udp', host: '127.0.0.1', port: 5060 },
      { protocol: 'tcp', host: '::1', port: 5060 },
    ],
    httpUrl: 'http://127.0.0.1:8080',
    keyFile: 'data/api-key',
    newKey: null,
    ...changes,
  });
}

test('it names addresses, data, documentation, and a command that works as it stands', () => {
  const text = banner();
  assert.match(text, /udp 127\.0\.0\.1:5060, tcp \[::1\]:5060/);
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/docs/);
  assert.match(text, /Data +\.\/data/);
  assert.match(text, /curl -X POST http:\/\/127\.0\.0\.1:8080\/api\/v1\/callbacks/);
  assert.match(text, /Bearer \$\(cat data\/api-key\)/);
  const [, body = ''] = /-d '(.*)'/.exec(text) ?? [];
  assert.deepEqual(JSON.parse(body), { queueId: 'support', customerNumber: '+12025550123' });
});

test('a new key is shown, an old one only by its file', () => {
  assert.match(banner({ newKey: 'rbk_new' }), /rbk_new/);
  assert.doesNotMatch(banner(), /rbk_/);
});

test('configured keys are named, never shown', () => {
  const secret = 'key-of-the-crm-0123456789';
  const yaml = 'http: { apiKeys: { crm: CRM_KEY } }';
  const text = banner({ keyFile: null }, yaml, { CRM_KEY: secret });
  assert.match(text, /Keys +crm/);
  assert.match(text, /Bearer \$CRM_KEY/);
  assert.ok(!text.includes(secret));
});

test('what is missing for a first call is said, and no longer when it is there', () => {
  assert.match(banner(), /No trunk is configured/);
  assert.match(banner(), /Only this machine can reach SIP/);
  const yaml =
    "host: 192.0.2.10\nsip: { trunks: [{ name: a, host: b.example, callerId: '+12025550100' }] }";
  const withAgent = `${yaml}\nagents: [{ id: anna }]`;
  assert.match(banner({}, yaml), /POST \/api\/v1\/agents makes them/);
  const text = banner({}, withAgent);
  assert.doesNotMatch(text, /No trunk|Only this machine|no agents/);
  assert.match(text, /\.\/data\/agent-passwords\/<agent id>/);
});
