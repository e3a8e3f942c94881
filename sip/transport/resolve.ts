// From a host name to an IP address. The seam for RFC 3263 (NAPTR, SRV): today A and AAAA by the
// system's resolver. IP addresses resolve at once, without a turn of the event loop.
import { lookup } from 'node:dns';
import { isIP } from 'node:net';

/** Answers an IP address, or null when the name does not resolve. */
export type Resolve = (host: string, done: (address: string | null) => void) => void;

/** Most names looked up at the same time; more are answered "does not resolve". */
const MAX_LOOKUPS = 256;

/** A resolver over the system's own. `family` 0 takes whatever comes first. */
export function systemResolver(): Resolve {
  let running = 0;
  return (host, done) => {
    if (isIP(host) !== 0) {
      done(host);
      return;
    }
    if (running >= MAX_LOOKUPS) {
      setImmediate(done, null);
      return;
    }
    running++;
    lookup(host, { verbatim: true }, (error, address) => {
      running--;
      done(error === null ? address : null);
    });
  };
}
