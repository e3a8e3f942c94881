// The TypeScript client in one page: promise a callback, follow what becomes of it, take it back.
// RINGBACK_API_KEY=... node examples/client.ts [URL]
import { ApiProblem, body, createClient } from '../api/client/index.ts';

const api = createClient({
  url: process.argv[2] ?? 'http://127.0.0.1:8080',
  key: process.env['RINGBACK_API_KEY'] ?? '',
});

try {
  const wanted = { queueId: 'support', customerNumber: '+12025550123' };
  // A fresh idempotency key goes along: a retry never makes a second callback.
  const made = await body(api.http.POST('/api/v1/callbacks', { body: wanted }));
  console.log(`promised ${made.id}`);

  for await (const { id, state } of api.each('/api/v1/callbacks', { query: { limit: 1 } })) {
    console.log(`listed ${id}, ${state}`);
  }

  const params = { path: { id: made.id } };
  await body(api.http.POST('/api/v1/callbacks/{id}/cancel', { params }));

  // From the first event on; a broken connection is resumed where it broke.
  for await (const event of api.events({ callbackId: made.id, after: '0' })) {
    console.log(`event ${event.topic} ${event.type}`);
    if (event.topic === 'callback' && event.state === 'completed') break;
  }
} catch (error) {
  if (!(error instanceof ApiProblem)) throw error;
  console.error(`${error.problem.title}. ${error.problem.remedy}`);
  process.exitCode = 1;
}
