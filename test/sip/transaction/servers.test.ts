// The server machines by table. RFC 3261 s.17.2; RFC 6026.
import { startInviteServer, stepInviteServer } from '../../../sip/transaction/invite-server.ts';
import type { ServerEvent, TimerName } from '../../../sip/transaction/model.ts';
import {
  startNonInviteServer,
  stepNonInviteServer,
} from '../../../sip/transaction/non-invite-server.ts';
import { table, tcp, udp } from './check.ts';

const give = (status: number): ServerEvent => ({ kind: 'response-given', status });
const fired = (timer: TimerName): ServerEvent => ({ kind: 'timer-fired', timer });
const again: ServerEvent = { kind: 'request-received' };
const ack: ServerEvent = { kind: 'ack-received' };
const failed: ServerEvent = { kind: 'transport-failed' };
const T = 'terminated';

const invite = table(startInviteServer, stepInviteServer);
invite('s.17.2.1: the INVITE goes up', udp, [], 'proceeding | deliver');
invite('s.17.2.1: a provisional is sent', udp, [give(180)], 'proceeding | send');
invite(
  's.17.2.1: INVITE again gets the last provisional',
  udp,
  [give(180), again],
  'proceeding | resend',
);
invite(
  's.17.2.1: a failure starts H and G',
  udp,
  [give(486)],
  'completed | send | start H 32000 | start G 500',
);
invite('s.17.2.1: no G over TCP', tcp, [give(486)], 'completed | send | start H 32000');
invite('s.17.2.1: G doubles', udp, [give(486), fired('G')], 'completed | resend | start G 1000');
invite(
  's.17.2.1: G stops at T2',
  udp,
  [give(486), ...Array.from({ length: 5 }, () => fired('G'))],
  'completed | resend | start G 4000',
);
invite(
  's.17.2.1: INVITE again gets the failure again',
  udp,
  [give(486), again],
  'completed | resend',
);
invite(
  's.17.2.1: ACK confirms',
  udp,
  [give(486), ack],
  'confirmed | stop G | stop H | start I 5000',
);
invite(
  's.17.2.1: I is zero over TCP',
  tcp,
  [give(486), ack],
  'confirmed | stop G | stop H | start I 0',
);
invite('s.17.2.1: Confirmed absorbs ACKs', udp, [give(486), ack, ack], 'confirmed');
invite('s.17.2.1: I ends it', udp, [give(486), ack, fired('I')], `${T} | terminate`);
invite(
  's.17.2.1: H without ACK is a failure',
  udp,
  [give(486), fired('H')],
  `${T} | report timed-out | terminate`,
);
invite(
  's.17.2.1: responses after the final are discarded',
  udp,
  [give(486), give(200)],
  'completed',
);
invite(
  's.17.2.4: a transport error is told',
  tcp,
  [failed],
  `${T} | report transport-failed | terminate`,
);
invite(
  'RFC 6026 s.7.1: 2xx enters Accepted, L runs',
  udp,
  [give(200)],
  'accepted | send | start L 32000',
);
invite('RFC 6026 s.7.1: Accepted absorbs the INVITE', udp, [give(200), again], 'accepted');
invite('RFC 6026 s.7.1: 2xx of the user passes', udp, [give(200), give(200)], 'accepted | send');
invite('RFC 6026 s.7.1: nothing else passes', udp, [give(200), give(486)], 'accepted');
invite('RFC 6026 s.7.1: an ACK goes up', udp, [give(200), ack], 'accepted | deliver');
invite('RFC 6026 s.7.1: a transport error keeps Accepted', tcp, [give(200), failed], 'accepted');
invite('RFC 6026 s.7.1: L ends it', udp, [give(200), fired('L')], `${T} | terminate`);

const other = table(startNonInviteServer, stepNonInviteServer);
other('s.17.2.2: the request goes up', udp, [], 'trying | deliver');
other('s.17.2.2: Trying absorbs the request', udp, [again], 'trying');
other('s.17.2.2: a provisional is sent', udp, [give(100)], 'proceeding | send');
other('s.17.2.2: Proceeding answers again', udp, [give(100), again], 'proceeding | resend');
other('s.17.2.2: a final starts J', udp, [give(200)], 'completed | send | start J 32000');
other('s.17.2.2: J is zero over TCP', tcp, [give(200)], 'completed | send | start J 0');
other('s.17.2.2: Completed answers again', udp, [give(200), again], 'completed | resend');
other('s.17.2.2: other finals are discarded', udp, [give(200), give(500)], 'completed');
other('s.17.2.2: J ends it', udp, [give(200), fired('J')], `${T} | terminate`);
other(
  's.17.2.4: a transport error is told',
  tcp,
  [give(100), failed],
  `${T} | report transport-failed | terminate`,
);
