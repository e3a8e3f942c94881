// Error codes of sip/ and media/. PURE.
import { entry, type ErrorEntry } from './entry.ts';

export const SIP_ERRORS: readonly ErrorEntry[] = [
  entry(
    'SIP_LISTEN_FAILED',
    500,
    false,
    'SIP socket cannot be bound',
    'Another process has the port, or the address is not ours: see `sip.listen` and `host`.',
  ),
];

export const MEDIA_ERRORS: readonly ErrorEntry[] = [
  entry('MEDIA_NO_PORT', 503, true, 'No RTP port is free', 'Widen `media.portMin`..`portMax`.'),
  entry('MEDIA_SDP_UNACCEPTABLE', 488, false, 'No common codec', 'Allow PCMU or PCMA (G.711).'),
];
