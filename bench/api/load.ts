// The load on the API, in a process of its own: autocannon, and one line with what it saw.
// Arguments: address, key, what to do (create, read, pace), seconds, connections, ids to read.
import autocannon from 'autocannon';

const [url = '', key = '', what = '', seconds = '5', connections = '100', list = ''] =
  process.argv.slice(2);
const ids = list.split(',');
const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
/** German mobile numbers: a hundred million valid ones, and no callback twice for a number. */
let number = Math.floor(Math.random() * 9e7);
let turn = 0;

const create = {
  method: 'POST',
  path: '/api/v1/callbacks',
  setupRequest: (request: object) => {
    number = (number + 1) % 9e7;
    const customerNumber = `+49151${String(10_000_000 + number)}`;
    return { ...request, body: JSON.stringify({ queueId: 'support', customerNumber }) };
  },
};
const read = {
  method: 'GET',
  setupRequest: (request: object) => {
    turn = (turn + 1) % ids.length;
    return { ...request, path: `/api/v1/callbacks/${ids[turn]}` };
  },
};
const result = await autocannon({
  ...{ url, headers, duration: Number(seconds), connections: Number(connections) },
  ...(what === 'pace' ? { overallRate: 100 } : {}),
  requests: [what === 'read' ? read : create],
});
const { requests, latency, non2xx, errors } = result;
const seen = {
  perSecond: requests.total / result.duration,
  p50Ms: latency.p50,
  p99Ms: latency.p99,
};
process.stdout.write(`${JSON.stringify({ ...seen, total: requests.total, non2xx, errors })}\n`);
