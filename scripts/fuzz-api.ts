// npm run fuzz:api -- --requests 100000 [--seed N]: requests made from the API's own description,
// fitting and broken ones, against the API over real stores. No answer may be a fault of ours, have
// a status that is not described, or a body that does not fit its schema.
import { parseArgs } from 'node:util';
import { fuzzApi } from '../test/api/fuzz/run.ts';

const PROGRESS_REQUESTS = 10_000;
const MOST_SHOWN = 3;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
  },
});
const startedAtMs = performance.now();
const report = await fuzzApi(Number(values.requests), Number(values.seed), (done, breaches) => {
  if (done % PROGRESS_REQUESTS === 0) console.log(`${done} requests, ${breaches} breaches`);
});
const shownOf = new Map<string, number>();
for (const { operationId, what, request } of report.breaches) {
  const kind = `${operationId} ${what.slice(0, 60)}`;
  const count = (shownOf.get(kind) ?? 0) + 1;
  shownOf.set(kind, count);
  if (count <= MOST_SHOWN) console.log(`\n${operationId}: ${what}\n  ${request}`);
}
const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
const statuses = [...report.statuses].toSorted(([a], [b]) => a - b);
console.log(`statuses: ${statuses.map(([status, count]) => `${status} ${count}`).join(', ')}`);
console.log(`operations that succeeded: ${report.succeeded.size} of ${report.operations}`);
console.log(
  `${report.requests} requests in ${seconds} s, seed ${values.seed}: ` +
    `${report.breaches.length} breaches`,
);
process.exitCode = report.breaches.length === 0 ? 0 : 1;
