// Error codes of sip/ and media/. PURE. Most of them end in an attempt's result or in the log and
// reach an API client only by way of them.
import { entry, type ErrorEntry } from './entry.ts';

const OURS = 'A fault of Ringback: please report it with the log line.';

export const SIP_ERRORS: readonly ErrorEntry[] = [
  entry(
    'SIP_LISTEN_FAILED',
    500,
    false,
    'SIP socket cannot be bound',
    'Another process has the port, or the address is not ours: see `sip.listen` and `host`.',
  ),
  entry('SIP_TRUNK_INVALID', 400, false, 'Trunk cannot be used', '`why` names the setting.'),
  entry(
    'SIP_TRUNK_GROUP_INVALID',
    400,
    false,
    'Trunk group cannot be used',
    '`why` names what is wrong with it.',
  ),
  entry('SIP_TRUNK_UNKNOWN', 404, false, 'No such trunk', 'See `GET /api/v1/trunks` for names.'),
  entry('SIP_BAN_UNKNOWN', 404, false, 'Not banned', 'See `GET /api/v1/system/bans`.'),
  entry('SIP_REALM_INVALID', 400, false, 'Realm cannot be used', 'Change `sip.realm`.'),
  entry('SIP_USERNAME_INVALID', 400, false, 'Not a SIP user name', 'Use letters, digits, . _ + *'),
  entry('SIP_PASSWORD_INVALID', 400, false, 'Not a password', 'Use 8 to 128 characters.'),
  entry('SIP_ENGINE_DIED', 503, true, 'SIP engine died', 'It is started again; see the log.'),
  entry('SIP_CONTROL_FAILED', 503, true, 'SIP engine cannot be reached', 'See the log.'),
  entry('SIP_STOPPED', 503, true, 'SIP is stopped', 'Try again when it is back.'),
  entry('SIP_ALREADY_STARTED', 409, false, 'SIP was started twice', OURS),
  entry(
    'SIP_PROCESS_OPTIONS_INVALID',
    400,
    false,
    'ringback-sip cannot start',
    'The message names each setting; see `docs/sip.md`.',
  ),
  entry('SIP_ENGINE_OPTIONS_INVALID', 400, false, 'SIP engine cannot be made', OURS),
  entry('SIP_CALL_GONE', 409, false, 'Caller hung up', 'Nothing: the call is over.'),
  entry('SIP_CALL_OVER', 409, false, 'Call is over', 'Nothing: the call is over.'),
  entry('SIP_CALL_NOT_ANSWERED', 409, false, 'Call is not answered yet', OURS),
  entry('SIP_REOFFER_REFUSED', 409, false, 'Peer refused new media', 'See the ladder of the call.'),
  entry('SIP_REQUEST_UNANSWERED', 409, false, 'Peer does not answer', 'Check trunk and network.'),
  entry('SIP_REQUEST_UNSENT', 409, false, 'Request cannot be sent', 'Check trunk and network.'),
  entry('SIP_HEADER_REFUSED', 400, false, 'Header is not allowed', 'See `headers` of the trunk.'),
  entry('SIP_OFFER_MISSING', 400, false, 'Call without an offer', OURS),
  entry('SIP_RING_TIMEOUT_INVALID', 400, false, 'Ring time is out of range', OURS),
  entry('SIP_CALLER_ID_INVALID', 400, false, 'Caller ID cannot be sent', OURS),
  entry('SIP_STATUS_INVALID', 400, false, 'Not a rejection', OURS),
];

export const MEDIA_ERRORS: readonly ErrorEntry[] = [
  entry('MEDIA_NO_PORT', 503, true, 'No RTP port is free', 'Widen `media.portMin`..`portMax`.'),
  entry('MEDIA_SOCKET_FAILED', 503, true, 'RTP socket cannot be opened', 'Check `media.host`.'),
  entry('MEDIA_SDP_UNACCEPTABLE', 400, false, 'No common codec', 'Allow PCMU or PCMA (G.711).'),
  entry('MEDIA_WORKER_LOST', 503, true, 'Media thread died', 'It is started again; see the log.'),
  entry('MEDIA_NOT_RUNNING', 503, true, 'Media is stopped', 'Try again when it is back.'),
  entry('MEDIA_WAV_INVALID', 400, false, 'Not a usable WAV file', 'Use 8 kHz, 16 bit, mono PCM.'),
  entry('MEDIA_FILE_TOO_LARGE', 503, true, 'Sound file is too large', 'Use a shorter prompt.'),
  entry('MEDIA_RECORDING_FAILED', 503, true, 'Recording failed', 'Often a full disk; see the log.'),
  entry('MEDIA_RECORDINGS_LIMIT', 503, true, 'Too many recordings at once', 'See the log.'),
  entry('MEDIA_RECORDING_EXISTS', 409, false, 'Recording exists already', OURS),
  entry('MEDIA_RECORDING_NAME_INVALID', 400, false, 'Not a plain file name', OURS),
  entry('MEDIA_LEG_UNKNOWN', 404, false, 'No such leg', OURS),
  entry('MEDIA_LEG_EXISTS', 409, false, 'Leg exists already', OURS),
  entry('MEDIA_LEGS_APART', 409, false, 'Legs live in two threads', OURS),
  entry('MEDIA_PLAY_INVALID', 400, false, 'Nothing that can be played', OURS),
  entry('MEDIA_MIX_INVALID', 400, false, 'Who hears whom is contradictory', OURS),
  entry('MEDIA_BEEP_INVALID', 400, false, 'Not a beep of a recorded call', OURS),
  entry('MEDIA_DTMF_INVALID', 400, false, 'Not DTMF digits', OURS),
];
