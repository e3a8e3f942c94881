// Who may take an entry: skill expressions, escalating targets, overflow, preferred and owning
// agents, limits per agent; and why somebody still waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpression } from '../../routing/index.ts';
import { agentNamed, callback, liveCall, queueNamed, stage } from './support.ts';

const GATES = { waitAboveSeconds: null, waitingAbove: null, agentsBelow: null };
const NOW = Date.UTC(2026, 0, 5, 9);

test('an expression is parsed and means what it says', () => {
  const holds = (text: string, skills: Record<string, number>): boolean => {
    const parsed = parseExpression(text);
    assert.ok('test' in parsed, text);
    return parsed.test(skills);
  };
  const text = 'german >= 3 && (sales || vip)';
  assert.equal(holds(text, { german: 3, vip: 1 }), true);
  assert.equal(holds(text, { german: 2, vip: 1 }), false);
  assert.equal(holds(text, { german: 9 }), false);
  assert.equal(holds('a || b && c', { a: 1 }), true);
  assert.equal(holds('!(a < 2) && b != 3', { a: 2, b: 4 }), true);
  assert.equal(holds('constructor', {}), false);
});

test('an expression with a fault says what and where', () => {
  const faultOf = (text: string): string => {
    const parsed = parseExpression(text);
    return 'fault' in parsed ? `${parsed.fault.message} at ${parsed.fault.column}` : 'none';
  };
  assert.equal(faultOf('german >= '), 'a level is missing after ">=" at 10');
  assert.equal(faultOf('(a && b'), '")" is missing at 8');
  assert.equal(faultOf('a & b'), 'unexpected "&" at 3');
  assert.equal(faultOf('a b'), '"b" where "&&" or "||" fits at 3');
  assert.equal(faultOf(''), 'a skill is missing before the end at 1');
  assert.match(faultOf('('.repeat(60)), /nested too deeply/);
  assert.match(faultOf('a'.repeat(501)), /longer than 500/);
});

test('agents join after a time, by skills and from another queue', async () => {
  const german = [{ skill: 'german', minLevel: 5 }];
  const s = stage({
    agents: [agentNamed('ann', { german: 3 }), agentNamed('bob', { other: 1 })],
    queues: [
      queueNamed('german', {
        requiredSkills: german,
        targets: [
          { ...GATES, skills: 'german >= 3', queueId: null, afterSeconds: 30 },
          { ...GATES, skills: null, queueId: 'other', afterSeconds: 60, agentsBelow: 1 },
        ],
      }),
      queueNamed('other', { requiredSkills: [{ skill: 'other', minLevel: 1 }] }),
    ],
  });
  s.staff('ann', 'bob');
  s.router.submit(liveCall('c1', { queueId: 'german', arrivedAtMs: NOW }));
  s.router.submit(liveCall('c2', { queueId: 'german', arrivedAtMs: NOW + 1 }));
  assert.deepEqual(await s.told(), []);
  s.clock.advance(31_000);
  assert.deepEqual(await s.told(), ['agent-assigned c1 ann']);
  s.router.agentAnswered(s.lastReservation());
  s.clock.advance(30_000);
  assert.deepEqual(await s.told(), ['agent-assigned c2 bob']);
});

test('a preferred agent is waited for a while, an owner for ever', async () => {
  const s = stage({ agents: [agentNamed('ann'), agentNamed('bob')] });
  s.staff('ann');
  s.router.submit(liveCall('busy', { arrivedAtMs: NOW - 1 }));
  s.staff('bob');
  await s.told();
  const preferred = { agentId: 'ann', forSeconds: 20 };
  const owned = { agentId: 'ann', forSeconds: null };
  s.router.submit(callback('mine', { arrivedAtMs: NOW, preferredAgent: owned }));
  s.router.submit(callback('soon', { arrivedAtMs: NOW, preferredAgent: preferred }));
  assert.deepEqual(await s.told(), []);
  s.clock.advance(20_100);
  assert.deepEqual(await s.told(), ['agent-reserved soon bob']);
  const why = s.router.explain('mine');
  assert.equal(why?.position, 1);
  s.router.withdraw('busy', 'abandoned');
  assert.deepEqual(await s.told(), ['agent-reserved mine ann']);
});

test('an agent over the hourly limit takes live callers only; ownership is bounded', async () => {
  const s = stage({
    agents: [agentNamed('ann')],
    pacing: { maxCallbacksPerAgentHour: 1, maxOwnedPerAgent: 1 },
  });
  s.staff('ann');
  s.router.submit(callback('k1', { arrivedAtMs: 1 }));
  s.router.submit(callback('k2', { arrivedAtMs: 2 }));
  s.router.submit(liveCall('c3', { arrivedAtMs: 3 }));
  assert.deepEqual(await s.told(), ['agent-reserved k1 ann']);
  s.router.withdraw('k1', 'cancelled');
  assert.deepEqual(await s.told(), ['agent-assigned c3 ann']);
  const [served] = s.router.explain('k2')?.servedBefore ?? [];
  assert.deepEqual([served?.interactionId, served?.why], ['c3', 'callback-limit']);
  s.router.withdraw('c3', 'abandoned');
  assert.deepEqual(await s.told(), []);
  s.clock.advance(3_600_001);
  assert.deepEqual(await s.told(), ['agent-reserved k2 ann']);
  const preferredAgent = { agentId: 'ann', forSeconds: null };
  s.router.submit(callback('o1', { preferredAgent }));
  const second = (): void => s.router.submit(callback('o2', { preferredAgent }));
  assert.throws(second, { code: 'ROUTING_AGENT_CALLBACKS_FULL' });
});
