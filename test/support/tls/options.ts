// Test certificates: an authority, a server (localhost, sip.example, 127.0.0.1, ::1) and a client.
// The authority's key was thrown away after signing; these keys protect nothing.
import { readFileSync } from 'node:fs';
import type { TlsOptions } from '../../../sip/types.ts';

/** Path of one of the files of this folder. */
export function tlsFile(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

export function tlsPem(name: string): Buffer {
  return readFileSync(tlsFile(name));
}

export function tlsOptions(change: Partial<TlsOptions> = {}): TlsOptions {
  return {
    certificateFile: tlsFile('server.pem'),
    keyFile: tlsFile('server.key'),
    caFile: tlsFile('ca.pem'),
    verifyClients: false,
    verifyServers: true,
    reloadCheckMs: 40,
    ...change,
  };
}
