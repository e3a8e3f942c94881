// Debian's kamailio as the yardstick: a stateful relay between SIPp and SIPp, the least that
// carries a call. Its CPU time is the sum over its processes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Measured } from './processes.ts';

export interface Yardstick {
  readonly process: Measured;
  stop(): Promise<void>;
}

/** Starts kamailio on `port`, relaying everything new to `targetPort`. */
export function startKamailio(port: number, targetPort: number): Yardstick {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-kamailio-'));
  const file = join(folder, 'kamailio.cfg');
  writeFileSync(file, configuration(port, targetPort));
  const process = new Measured('kamailio', ['-f', file, '-DD', '-E', '-m', '256', '-Y', folder]);
  return {
    process,
    async stop() {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, targetPort: number): string {
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=2
auto_aliases=no
listen=udp:127.0.0.1:${port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    $rd = "127.0.0.1"; $rp = "${targetPort}";
    t_relay();
    exit;
  }
  if (is_method("INVITE")) record_route();
  $rd = "127.0.0.1";
  $rp = "${targetPort}";
  t_relay();
}
`;
}
