// The configuration file: defaults, refusals with line, path, value and what is allowed, secrets.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { DEFAULT_CPD_OPTIONS } from '../../media/dsp/cpd.ts';
import { DEFAULT_PACING } from '../../routing/options.ts';
import { RingbackError } from '../../core/errors.ts';
import {
  configText,
  loadConfig,
  parseConfig,
  queueOfCalled,
  toCallbackSettings,
  toMediaOptions,
  toRouterOptions,
  toExternalEngine,
  toSipOptions,
} from '../../api/config.ts';

/** The faults that a text has, one line each. */
function faultsOf(text: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    parseConfig(text, environment, 'r.yaml');
  } catch (error) {
    assert.ok(error instanceof RingbackError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

test('without a file everything has a default, and nothing is open to a network', () => {
  const config = loadConfig(null, {});
  assert.equal(config.source, null);
  const sip = toSipOptions(config, 'secret');
  assert.deepEqual(sip.engine.listen, [
    { protocol: 'udp', host: '127.0.0.1', port: 5060 },
    { protocol: 'tcp', host: '127.0.0.1', port: 5060 },
  ]);
  const media = toMediaOptions(config, 4);
  assert.equal(media.host, '127.0.0.1');
  assert.equal(media.workers, 3);
  assert.equal(media.portRestMs, 5_000);
  assert.equal(toMediaOptions(config, 1).workers, 1);
  assert.deepEqual([...queueOfCalled(config)], [['support', 'support']]);
});

test('defaults of detection and pacing are those that media and routing measured', () => {
  const config = loadConfig(null, {});
  const cpd = { ...DEFAULT_CPD_OPTIONS, announcementsDir: null };
  assert.deepEqual(toMediaOptions(config, 1).cpd, cpd);
  assert.deepEqual(toRouterOptions(config).pacing, DEFAULT_PACING);
});

test('a file that is not there is named', () => {
  assert.throws(() => loadConfig('/nowhere/ringback.yaml', {}), {
    code: 'CONFIG_UNREADABLE',
    message: /\/nowhere\/ringback\.yaml/,
  });
});

test('a file is read, and its name stands before each fault', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'ringback.yaml');
  writeFileSync(path, 'http:\n  port: 99999\n');
  assert.throws(
    () => loadConfig(path, {}),
    (error: Error) =>
      error.message.includes(
        `${path}:2: http.port is 99999; allowed: a whole number from 0 to 65535`,
      ),
  );
});

test('the example file loads without any environment, and so does its own printed form', () => {
  const config = loadConfig('ringback.example.yaml', {});
  assert.deepEqual(
    config.agents.map((agent) => agent.id),
    ['anna', 'ben'],
  );
  const again = parseConfig(configText(config), {});
  assert.equal(
    configText(again).split('\n').slice(1).join(),
    configText(config).split('\n').slice(1).join(),
  );
});

const NAME = 'allowed: 1 to 64 letters, digits, ".", "_", "-", the first a letter or digit';
const NUMBER = 'allowed: an E.164 number in quotes, such as "+12025550123"';
const NETWORK = 'allowed: an IP address, or a network such as 192.0.2.0/24';

const WRONG: readonly (readonly [yaml: string, fault: string])[] = [
  ['host: 3', 'r.yaml:1: host is 3; allowed: an IP address such as 192.0.2.10'],
  ['host: 300.1.1.1', 'r.yaml:1: host is "300.1.1.1"; allowed: an IP address such as 192.0.2.10'],
  ['http: {port: "x"}', 'r.yaml:1: http.port is "x"; allowed: a whole number from 0 to 65535'],
  ['http: {port: 1.5}', 'r.yaml:1: http.port is 1.5; allowed: a whole number from 0 to 65535'],
  ['htpp: {}', 'r.yaml:1: htpp is not a known key; did you mean http?'],
  [
    'sip:\n  timers: {t1: 5}',
    'r.yaml:2: sip.timers.t1 is not a known key; known here: t1Ms, t2Ms, t4Ms, inviteSilenceMs',
  ],
  [
    'log: {level: loud}',
    'r.yaml:1: log.level is "loud"; allowed: one of debug, info, warn, error, silent',
  ],
  [
    'sip: {listen: [{protocol: sctp}]}',
    'r.yaml:1: sip.listen[0].protocol is "sctp"; allowed: one of udp, tcp, tls, ws, wss',
  ],
  ['sip: {listen: []}', 'r.yaml:1: sip.listen is []; allowed: a list of 1 to 16 entries'],
  ['sip: {trace: yes please}', 'r.yaml:1: sip.trace is "yes please"; allowed: true or false'],
  ['sip: {trunks: [{name: a, host: b}]}', 'r.yaml:1: sip.trunks[0].callerId is missing; ' + NUMBER],
  [
    'sip: {trunks: [{name: a, host: b, callerId: 12025550123}]}',
    'r.yaml:1: sip.trunks[0].callerId is 12025550123; ' + NUMBER,
  ],
  [
    'sip: {trunks: [{name: a, host: b, callerId: "+12025550123", inboundFrom: [10.0.0.0/33]}]}',
    'r.yaml:1: sip.trunks[0].inboundFrom[0] is "10.0.0.0/33"; ' + NETWORK,
  ],
  [
    'defaultCountry: us',
    'r.yaml:1: defaultCountry is "us"; allowed: two capital letters of ISO 3166-1, such as US',
  ],
  ['queues: [{id: "a b"}]', 'r.yaml:1: queues[0].id is "a b"; ' + NAME],
  ['queues: 7', 'r.yaml:1: queues is 7; allowed: a list of 1 to 1000 entries'],
  [
    'media: {cpd: {silenceDbov: 3}}',
    'r.yaml:1: media.cpd.silenceDbov is 3; allowed: a number from -90 to 0',
  ],
  [
    'agents: [{id: a, skills: {english: 11}}]',
    'r.yaml:1: agents[0].skills.english is 11; allowed: a whole number from 1 to 10',
  ],
  ['http: {apiKeys: {"a b": X}}', 'r.yaml:1: http.apiKeys.a b is no possible name; ' + NAME],
  [
    'media: {portMin: 20000, portMax: 20001}',
    'r.yaml:1: media.portMax is 20001; one call needs at least portMin + 3 = 20003',
  ],
];

for (const [yaml, fault] of WRONG) {
  test(`refused: ${yaml.replaceAll('\n', ' ')}`, () => {
    assert.deepEqual(faultsOf(yaml), [fault]);
  });
}

test('all faults are told at once, in the order of the file', () => {
  const faults = faultsOf('host: 1\nhttp:\n  port: x\nfoo: 1\nqueues:\n  - id: 1\n');
  assert.deepEqual(
    faults.map((fault) => fault.split(' ').slice(0, 2).join(' ')),
    ['r.yaml:1: host', 'r.yaml:3: http.port', 'r.yaml:4: foo', 'r.yaml:6: queues[0].id'],
  );
});

test('what YAML itself refuses is told with its place', () => {
  assert.match(faultsOf('a: [1\nb: }').join('\n'), /r\.yaml: .*line \d/);
  assert.match(faultsOf('host: 127.0.0.1\nhost: 127.0.0.2').join('\n'), /unique/);
});

test('a section whose lines are all commented out is as if not there', () => {
  assert.deepEqual(faultsOf('sip:\n  # trunks: []\nqueues:\nhttp:\n'), []);
});

test('fields that contradict each other are told by the field to change', () => {
  const faults = faultsOf(`
host: 0.0.0.0
sip:
  timers: { t1Ms: 900, t2Ms: 500 }
  registrar: { minExpiresSeconds: 3000 }
  trunks:
    - { name: a, host: b.example, callerId: '+12025550100', username: bob }
    - { name: a, host: b.example, callerId: '+12025550100' }
queues:
  - id: one
    numbers: [x, y]
    reservationTimeoutSeconds: 10
    callback: { trunk: c }
  - { id: one, numbers: [y] }
agents:
  - { id: x }
  - { id: b, username: x }
`);
  const paths = faults.map((fault) => fault.split(' ')[1]).toSorted();
  assert.deepEqual(paths, [
    'agents[0].username',
    'agents[1].username',
    'agents[1].username',
    'media.announcedHost',
    'queues[0].callback.trunk',
    'queues[0].reservationTimeoutSeconds',
    'queues[1].id',
    'queues[1].numbers[0]',
    'sip.externalHost',
    'sip.registrar.defaultExpiresSeconds',
    'sip.timers.t2Ms',
    'sip.trunks[0].passwordEnv',
    'sip.trunks[1].name',
  ]);
});

test('trunks, their groups and the queues that use them must fit together', () => {
  const faults = faultsOf(`
sip:
  trunks:
    - name: a
      host: a.example
      callerId: '+12025550100'
      registration: { enabled: true }
      destinations: { allowedPrefixes: [44] }
`);
  assert.deepEqual(faults, [
    'r.yaml:8: sip.trunks[0].destinations.allowedPrefixes[0] is 44; allowed: the first digits of ' +
      'E.164 numbers in quotes, such as "+44"',
  ]);
  const paths = faultsOf(`
sip:
  trunks:
    - { name: a, host: a.example, callerId: '+12025550100', registration: { enabled: true } }
    - { name: b, host: b.example, callerId: '+12025550101', allowedCallerIds: ['+12025550100'] }
  trunkGroups:
    - { name: a, members: [{ trunk: b }, { trunk: b }] }
    - { name: both, members: [{ trunk: a }, { trunk: b }, { trunk: c }] }
queues:
  - { id: one, callback: { trunk: both, callerId: '+12025550101' } }
  - { id: two, callback: { trunk: both, callerId: '+12025550100' } }
  - { id: three, callback: { callerId: '+12025550199' } }
`).map((fault) => fault.split(' ')[1]);
  assert.deepEqual(paths.toSorted(), [
    'queues[0].callback.callerId',
    'queues[2].callback.callerId',
    'sip.trunkGroups[0].members[1].trunk',
    'sip.trunkGroups[0].name',
    'sip.trunkGroups[1].members[2].trunk',
    'sip.trunks[0].username',
  ]);
});

test('what the file says of a trunk is what sip/ is told', () => {
  const config = parseConfig(
    `
sip:
  trunks:
    - name: a
      host: a.example
      callerId: '+12025550100'
      username: me
      passwordEnv: TRUNK_PASSWORD
      trusted: true
      dialing: { stripDigits: 1, prefix: '9' }
      limits: { callsPerSecond: 2.5, maxCalls: 10, maxWaitSeconds: 3 }
      ping: { enabled: true }
      registration: { enabled: true, domain: example.org }
    - { name: b, host: b.example, callerId: '+12025550100' }
  trunkGroups:
    - { name: both, members: [{ trunk: a, weight: 3 }, { trunk: b, priority: 2 }] }
`,
    { TRUNK_PASSWORD: 'trunk-secret' },
  );
  const { trunks, trunkGroups } = toSipOptions(config, 'x');
  const [a, b] = trunks;
  assert.deepEqual(a?.privacy, { withholdCallerId: false, trusted: true });
  assert.deepEqual(a.dialing, { stripDigits: 1, prefix: '9' });
  assert.deepEqual(a.limits, { callsPerSecond: 2.5, maxCalls: 10, maxWaitMs: 3_000 });
  assert.deepEqual(a.ping, { intervalMs: 30_000, failuresToDown: 3, successesToUp: 2 });
  assert.deepEqual(a.registration, { domain: 'example.org', expiresSeconds: 600 });
  assert.equal(b?.ping, null);
  assert.equal(b.registration, null);
  assert.deepEqual(b.destinations?.forbiddenKinds, ['premium-rate', 'satellite']);
  assert.deepEqual(trunkGroups, [
    {
      name: 'both',
      members: [
        { trunk: 'a', priority: 0, weight: 3 },
        { trunk: 'b', priority: 2, weight: 1 },
      ],
    },
  ]);
});

const WITH_SECRETS = `
http: { apiKeys: { crm: CRM_KEY } }
sip:
  trunks:
    - { name: a, host: b.example, callerId: '+12025550100',
        username: bob, passwordEnv: TRUNK_PASSWORD }
agents:
  - { id: anna, passwordEnv: ANNA_PASSWORD }
`;
const ENVIRONMENT = {
  CRM_KEY: 'key-of-the-crm-0123456789',
  TRUNK_PASSWORD: 'trunk-secret',
  ANNA_PASSWORD: 'anna-secret',
};

test('secrets that are missing or too short stop the start, each by its variable', () => {
  const faults = faultsOf(WITH_SECRETS, { CRM_KEY: 'short', TRUNK_PASSWORD: '' });
  const names = 'names the environment variable';
  assert.deepEqual(faults, [
    `r.yaml:2: http.apiKeys.crm ${names} CRM_KEY, which has fewer than 16 characters`,
    `r.yaml:6: sip.trunks[0].passwordEnv ${names} TRUNK_PASSWORD, which is not set`,
    `r.yaml:8: agents[0].passwordEnv ${names} ANNA_PASSWORD, which is not set`,
  ]);
});

test('secrets reach those who need them and show nowhere else', () => {
  const config = parseConfig(WITH_SECRETS, ENVIRONMENT);
  assert.deepEqual(toSipOptions(config, 'x').trunks[0]?.credentials, {
    username: 'bob',
    password: 'trunk-secret',
  });
  const shown = configText(config) + JSON.stringify(config) + inspect(config, { depth: 9 });
  for (const secret of Object.values(ENVIRONMENT)) assert.ok(!shown.includes(secret), secret);
  assert.match(configText(config), /CRM_KEY/);
});

const ENGINE = { host: 'sip.example', port: 9022, secretEnv: 'SECRET' };
const HEP = { host: '192.0.2.9', captureId: 5, passwordEnv: 'HEP_KEY' };

test('another engine, or copies of messages for Homer, with their secrets', () => {
  const environment = { SECRET: 'between-us', HEP_KEY: 'of-homer' };
  const defaults = loadConfig(null, {});
  assert.equal(toExternalEngine(defaults), null);
  assert.ok(!('hep' in toSipOptions(defaults, 'x').engine));
  const external = parseConfig(JSON.stringify({ sip: { drachtio: ENGINE } }), environment);
  const { host, port } = ENGINE;
  assert.deepEqual(toExternalEngine(external), { host, port, secret: 'between-us' });
  const exporting = parseConfig(JSON.stringify({ sip: { hep: HEP } }), environment);
  const hep = { host: '192.0.2.9', port: 9060, captureId: 5, password: 'of-homer' };
  assert.deepEqual(toSipOptions(exporting, 'x').engine.hep, hep);
  const faults = (sip: object, variables: object) =>
    faultsOf(JSON.stringify({ sip }), { ...variables }).join();
  assert.match(faults({ drachtio: ENGINE, hep: HEP }, environment), /sip\.hep\.host cannot be set/);
  assert.match(faults({ drachtio: { host } }, environment), /secretEnv is missing/);
  assert.match(faults({ drachtio: { secretEnv: 'SECRET' } }, environment), /host is missing/);
  assert.match(faults({ hep: HEP }, {}), /HEP_KEY, which is not set/);
});

test('callback settings carry the id of their queue and nothing that only the API checks', () => {
  const [settings] = toCallbackSettings(loadConfig(null, {}));
  assert.equal(settings?.queueId, 'support');
  assert.ok(settings !== undefined && !('maxScheduleAheadSeconds' in settings));
});

test('any text is a configuration or a list of faults, never a crash', () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const sections = fc.record(
    {
      http: value,
      sip: value,
      media: value,
      queues: value,
      agents: value,
      host: value,
      log: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        sections.map((made) => JSON.stringify(made)),
      ),
      (text) => {
        try {
          parseConfig(text, {});
        } catch (error) {
          assert.ok(error instanceof RingbackError, String(error));
          assert.equal(error.code, 'CONFIG_INVALID');
        }
      },
    ),
    { numRuns: 300 },
  );
});
