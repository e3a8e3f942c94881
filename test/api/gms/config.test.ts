// What the configuration of services may say, and what its options do to queues.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseConfig } from '../../../api/config.ts';
import { SERVICES } from './world.ts';

/** The faults of a configuration with one service of these options. */
function faultsOf(service: string, more = ''): string {
  const yaml = `genesys: { enabled: true, services: [${service}] }\n${more}`;
  try {
    parseConfig(yaml, {});
    return '';
  } catch (error) {
    return String(error);
  }
}

test('options of a service are settings of its queue', () => {
  const { callback } = parseConfig(SERVICES, {}).queues[0] ?? assert.fail('no queue');
  assert.equal(callback.ttlSeconds, 7_200);
  assert.equal(callback.officeHours, 'office');
  assert.deepEqual(callback.slots, { minutes: 30, places: 4, weekly: [], days: [] });
  const more = parseConfig(
    `genesys: { enabled: true, services: [{ name: a, queue: support, options: {
       _enable_in_queue_checking: true, _enable_reject_out_of_office_hours: true,
       max_queued_callbacks_per_service: 7, _throttle_callbacks_per_service_1: 6,
       _throttle_ttl_1: 86400, _calling_party_number: '+12025550100',
       _request_execution_time_buffer: 120 } }] }`,
    {},
  ).queues[0]?.callback;
  assert.deepEqual(more?.limits, {
    waitingPerNumber: 2,
    perNumber: null,
    perQueue: [{ count: 6, windowSeconds: 86_400 }],
    perKey: [],
    maxWaiting: 7,
  });
  assert.deepEqual(
    [more.whenClosed, more.callerId, more.executionBufferSeconds],
    ['refuse', '+12025550100', 120],
  );
});

test('services that are switched off change nothing', () => {
  const off = parseConfig(SERVICES.replace('enabled: true', 'enabled: false'), {});
  assert.equal(off.queues[0]?.callback.ttlSeconds, 86_400);
});

test('faults name the path and what is allowed', () => {
  const sales = 'name: sales, queue: support';
  assert.match(
    faultsOf(`{ ${sales}, options: { _urs_prioritization_strategy: x } }`),
    /services\[0\]\.options\._urs_prioritization_strategy is not a known key; known here: _ttl/,
  );
  assert.match(
    faultsOf(`{ ${sales}, options: { _max_dial_attempts: 99 } }`),
    /_max_dial_attempts is 99; allowed: a whole number from 1 to 20, or a `\$token\$`/,
  );
  assert.match(faultsOf('{ name: a, queue: none }'), /queue is "none", which is not among queues/);
  assert.match(faultsOf('{ name: a }'), /queue is null, which is not among queues: support/);
  assert.match(
    faultsOf('{ name: a, kind: office-hours }'),
    /officeHours is null, which is not among/,
  );
  assert.match(faultsOf(`{ ${sales} }, { ${sales} }`), /name is "sales", which is taken already/);
  assert.match(
    faultsOf(`{ ${sales}, options: { _business_hours_service: none } }`),
    /_business_hours_service is "none", which is not among services of kind office-hours: none/,
  );
  assert.match(
    faultsOf(`{ ${sales}, options: { _max_request_by_time_bucket: 3 } }`),
    /_max_request_by_time_bucket needs _request_time_bucket/,
  );
  assert.match(
    faultsOf(`{ ${sales}, options: { _throttle_ttl_2: 3 } }`),
    /_throttle_ttl_2 goes together with _throttle_callbacks_per_service_2/,
  );
  assert.match(
    faultsOf(`{ ${sales}, options: { _customer_lookup_keys: [account] } }`),
    /_customer_lookup_keys lacks the mandatory _customer_number/,
  );
  assert.match(
    faultsOf("{ name: a, queue: '$q$', options: { _ttl: 600 } }"),
    /_ttl belongs to a queue, and this service has many/,
  );
  const other = '{ name: other, queue: support, options: { _ttl: 60 } }';
  assert.match(
    faultsOf(`{ ${sales}, options: { _ttl: 600 } }, ${other}`),
    /options\._ttl is not what service other of the same queue says/,
  );
  assert.match(
    faultsOf(`{ ${sales}, options: { _request_time_bucket: 30 } }`),
    /callback\.officeHours is needed: slots lie in office hours/,
  );
});
