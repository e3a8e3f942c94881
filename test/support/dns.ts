// Name resolution by a function: for tests that have no DNS, and one address for a name.
import type { Dns } from '../../sip/transport/dns.ts';

const nothing = () => Promise.resolve({ records: [], ttlMs: 0 });

/** Addresses only, never kept; null: there is no such name. */
export function hostsDns(addressOf: (name: string) => string | null): Dns {
  return {
    naptr: nothing,
    srv: nothing,
    addresses: (name) => {
      const address = addressOf(name);
      return Promise.resolve({ records: address === null ? [] : [address], ttlMs: 0 });
    },
  };
}
