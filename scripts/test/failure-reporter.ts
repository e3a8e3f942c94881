// A reporter for node:test that writes one JSON line for each failure and each finished file:
//   node --test --test-reporter=./scripts/test/failure-reporter.ts --test-reporter-destination=FILE
import type { TestEvent } from './report.ts';
import { lineOf } from './report.ts';

/** Called by node:test with the events of the whole run. */
export default async function* failureReporter(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of events) {
    const line = lineOf(event);
    if (line !== null) yield `${JSON.stringify(line)}\n`;
  }
}
