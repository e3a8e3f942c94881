// The one fault a socket layer reports at start: the address could not be bound.
import { RingbackError } from '../../core/errors.ts';

/** SIP_LISTEN_FAILED {protocol, host, port, reason}; the reason is the system's code. */
export function listenFailed(
  address: { readonly protocol: string; readonly host: string; readonly port: number },
  error: Error & { readonly code?: string },
): RingbackError {
  const { protocol, host, port } = address;
  const reason = error.code ?? error.message;
  return new RingbackError(
    'SIP_LISTEN_FAILED',
    `SIP cannot listen on ${protocol} ${host} port ${port}: ${WORDS[reason] ?? reason}`,
    { retryable: false, httpStatus: 500 },
    { protocol, host, port, reason },
    error,
  );
}

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another process; set sip.listen or stop that process',
  EACCES: 'this user may not bind the port; use one above 1023',
  EADDRNOTAVAIL: 'this machine does not have the address; set host or the host in sip.listen',
};
