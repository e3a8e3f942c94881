// The client machines by table. RFC 3261 s.17.1; RFC 6026.
import { startInviteClient, stepInviteClient } from '../../../sip/transaction/invite-client.ts';
import type { ClientEvent, TimerName } from '../../../sip/transaction/model.ts';
import {
  startNonInviteClient,
  stepNonInviteClient,
} from '../../../sip/transaction/non-invite-client.ts';
import { table, tcp, udp } from './check.ts';

const got = (status: number): ClientEvent => ({ kind: 'response-received', status });
const fired = (timer: TimerName): ClientEvent => ({ kind: 'timer-fired', timer });
const failed: ClientEvent = { kind: 'transport-failed' };

const invite = table(startInviteClient, stepInviteClient);
const T = 'terminated';
invite(
  's.17.1.1.2: INVITE goes out, B and A run',
  udp,
  [],
  'calling | send | start B 32000 | start A 500',
);
invite(
  's.17.1.1.2: no timer A over a reliable transport',
  tcp,
  [],
  'calling | send | start B 32000',
);
invite(
  'B may be shorter, never longer',
  { ...tcp, timers: { ...tcp.timers, inviteSilenceMs: 8_000 } },
  [],
  'calling | send | start B 8000',
);
invite(
  'B is 64*T1 at most',
  { ...tcp, timers: { ...tcp.timers, inviteSilenceMs: 60_000 } },
  [],
  'calling | send | start B 32000',
);
invite('s.17.1.1.2: A doubles', udp, [fired('A')], 'calling | resend | start A 1000');
invite(
  's.17.1.1.2: A doubles without the bound T2',
  udp,
  new Array(4).fill(fired('A')),
  'calling | resend | start A 8000',
);
invite('s.17.1.1.2: B ends the attempt', udp, [fired('B')], `${T} | report timed-out | terminate`);
invite('s.17.1.1.2: 1xx stops A and B', udp, [got(180)], 'proceeding | stop A | stop B | deliver');
invite('s.17.1.1.2: no retransmission in Proceeding', udp, [got(100), fired('A')], 'proceeding');
invite('s.17.1.1.2: every further 1xx goes up', udp, [got(100), got(183)], 'proceeding | deliver');
invite(
  's.17.1.1.2: a failure is acknowledged here',
  udp,
  [got(486)],
  'completed | stop A | stop B | acknowledge | deliver | start D 32000',
);
invite(
  's.17.1.1.2: D is zero over TCP',
  tcp,
  [got(180), got(486)],
  'completed | acknowledge | deliver | start D 0',
);
invite(
  's.17.1.1.2: a failure again is only acknowledged',
  udp,
  [got(486), got(486)],
  'completed | acknowledge',
);
invite('s.17.1.1.2: a late 1xx means nothing', udp, [got(486), got(180)], 'completed');
invite('s.17.1.1.2: D ends it', udp, [got(486), fired('D')], `${T} | terminate`);
invite(
  's.17.1.4: a transport error is told',
  udp,
  [failed],
  `${T} | report transport-failed | terminate`,
);
invite(
  's.17.1.4: also in Proceeding',
  tcp,
  [got(180), failed],
  `${T} | report transport-failed | terminate`,
);
invite(
  's.17.1.4: also in Completed',
  udp,
  [got(486), failed],
  `${T} | report transport-failed | terminate`,
);
invite(
  'RFC 6026 s.7.2: 2xx enters Accepted',
  udp,
  [got(200)],
  'accepted | stop A | stop B | deliver | start M 32000',
);
invite(
  'RFC 6026 s.7.2: every further 2xx goes up',
  udp,
  [got(200), got(200)],
  'accepted | deliver',
);
invite('RFC 6026 s.7.2: a failure after 2xx does not', udp, [got(200), got(486)], 'accepted');
invite('RFC 6026 s.7.2: M ends it', udp, [got(200), fired('M')], `${T} | terminate`);
invite('terminated is the end', udp, [got(486), fired('D'), got(200)], T);

const other = table(startNonInviteClient, stepNonInviteClient);
other(
  's.17.1.2.2: request goes out, F and E run',
  udp,
  [],
  'trying | send | start F 32000 | start E 500',
);
other('s.17.1.2.2: no timer E over TCP', tcp, [], 'trying | send | start F 32000');
other('s.17.1.2.2: E doubles', udp, [fired('E')], 'trying | resend | start E 1000');
other(
  's.17.1.2.2: E stops doubling at T2',
  udp,
  new Array(5).fill(fired('E')),
  'trying | resend | start E 4000',
);
other(
  's.17.1.2.2: in Proceeding E is T2',
  udp,
  [got(100), fired('E')],
  'proceeding | resend | start E 4000',
);
other('s.17.1.2.2: F ends Trying', udp, [fired('F')], `${T} | report timed-out | terminate`);
other(
  's.17.1.2.2: F ends Proceeding',
  udp,
  [got(100), fired('F')],
  `${T} | report timed-out | terminate`,
);
other(
  's.17.1.2.2: a final starts K',
  udp,
  [got(200)],
  'completed | stop E | stop F | deliver | start K 5000',
);
other(
  's.17.1.2.2: K is zero over TCP',
  tcp,
  [got(404)],
  'completed | stop E | stop F | deliver | start K 0',
);
other('s.17.1.2.2: a final again is absorbed', udp, [got(200), got(200)], 'completed');
other('s.17.1.2.2: K ends it', udp, [got(200), fired('K')], `${T} | terminate`);
other(
  's.17.1.4: a transport error is told',
  udp,
  [failed],
  `${T} | report transport-failed | terminate`,
);
