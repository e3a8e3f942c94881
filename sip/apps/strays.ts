// Requests outside of all dialogs that no application of ours takes, each answered as its own
// document says. RFC 3261 s.8.2.1, RFC 6665 s.4.1.3 and s.4.2.1, RFC 3515, RFC 3428, RFC 3903.
import { ALLOW, badEvent } from './headers.ts';
import type { SrfApp } from './srf.ts';

/** Installs the answers. Whatever else reaches us belongs to dialogs that are over. */
export function refuseStrays(srf: SrfApp): void {
  for (const method of ['subscribe', 'publish']) {
    srf.use(method, (_, res) => res.send(489, 'Bad Event', badEvent()));
  }
  for (const method of ['message', 'refer']) {
    srf.use(method, (_, res) => res.send(405, { headers: { Allow: ALLOW } }));
  }
  for (const method of ['notify', 'info']) srf.use(method, (_, res) => res.send(481));
  // ACK has no response, PRACK is srf's own.
  srf.use((req, res) => {
    if (req.method !== 'ACK') res.send(req.method === 'PRACK' ? 200 : 481);
  });
}
