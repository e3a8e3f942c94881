// The installation and its SIP users over real HTTP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, createWorld, KEY } from './fakes.ts';
import { served } from './http.ts';

test('the system tells version, engine, figures and why it is not ready', async (t) => {
  const { server } = await served(t);
  const response = await fetch(`${server.url}/api/v1/system`, {
    headers: { Authorization: `Bearer ${KEY}` },
  });
  const { version, engine, sip, readiness } = await bodyOf(response);
  assert.match(String(version), /^\d+\.\d+\.\d+$/);
  assert.deepEqual(
    [engine, sip, readiness],
    ['own', { transactions: 4 }, { ready: true, checks: {} }],
  );
  const sick = createWorld('', { readiness: { store: async () => 'the disk is full' } });
  assert.deepEqual((await bodyOf(await sick.ask('GET', '/api/v1/system')))['readiness'], {
    ready: false,
    checks: { store: { ready: false, reason: 'the disk is full' } },
  });
});

test('the configuration in force is shown without secrets', async () => {
  const world = createWorld('agents: [{ id: anna, passwordEnv: AGENT_PASSWORD }]');
  const response = await world.ask('GET', '/api/v1/system/configuration');
  const text = await response.text();
  assert.equal(response.headers.get('content-type'), 'application/yaml');
  assert.ok(text.includes('AGENT_PASSWORD') && !text.includes('agent password'));
});

test('users show what is registered; those the API made get another password', async () => {
  const binding = {
    ...{ username: 'ben', contact: 'sip:ben@192.0.2.10:5070', callId: 'c', cseq: 1 },
    ...{ expiresAtMs: Date.UTC(2026, 0, 5, 10), receivedFrom: 'udp/192.0.2.10:5070' },
    userAgent: 'Phone/1.0',
  };
  const yaml = 'agents: [{ id: anna, passwordEnv: AGENT_PASSWORD }]';
  const bindings = (username: string) => (username === 'ben' ? [binding] : []);
  const world = createWorld(yaml, {}, { bindings });
  for (const agentId of ['anna', 'ben']) {
    world.router.putAgent({ agentId, displayName: agentId, username: agentId, skills: {} });
  }
  const { items } = await bodyOf(await world.ask('GET', '/api/v1/users?registered=true'));
  const contact = {
    ...{ contact: 'sip:ben@192.0.2.10:5070', receivedFrom: 'udp/192.0.2.10:5070' },
    ...{ userAgent: 'Phone/1.0', expiresAt: '2026-01-05T10:00:00.000Z' },
  };
  const ben = { username: 'ben', agentId: 'ben', configured: false, registered: true };
  assert.deepEqual(items, [{ ...ben, contacts: [contact] }]);
  const set = (name: string) =>
    world.ask('POST', `/api/v1/users/${name}/password`, { password: 'another password' });
  assert.equal((await set('ben')).status, 204);
  assert.equal(world.passwords.get('ben'), 'another password');
  assert.equal((await bodyOf(await set('anna')))['code'], 'AGENT_FROM_CONFIG');
  assert.equal((await bodyOf(await set('nobody')))['code'], 'USER_UNKNOWN');
});
