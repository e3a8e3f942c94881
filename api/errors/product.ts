// Error codes of callback/ and routing/. PURE.
import { entry, type ErrorEntry } from './entry.ts';

export const CALLBACK_ERRORS: readonly ErrorEntry[] = [
  entry(
    'CALLBACK_QUEUE_UNKNOWN',
    404,
    false,
    'No such queue',
    '`GET /api/v1/queues` lists the queues.',
  ),
  entry(
    'CALLBACK_TIME_PAST',
    400,
    false,
    'Desired time is past',
    'Send a later time, or none for an immediate callback.',
  ),
  entry(
    'CALLBACK_TIME_TOO_FAR',
    400,
    false,
    'Desired time is too far ahead',
    'Stay within `callback.maxScheduleAheadSeconds` of the queue.',
  ),
  entry(
    'CALLBACK_DUPLICATE',
    409,
    false,
    'Number already waits in this queue',
    'Use the callback that `fields` names, or cancel it first.',
  ),
  entry('CALLBACK_UNKNOWN', 404, false, 'No such callback', 'Check the id.'),
  entry('CALLBACK_COMPLETED', 409, false, 'Callback is over', 'Nothing is left to change.'),
  entry(
    'CALLBACK_STATE',
    409,
    false,
    'Not possible in this state',
    'The customer is talking to an agent: wait for the end.',
  ),
  entry(
    'CALLBACK_CURSOR_UNKNOWN',
    400,
    false,
    'Unknown cursor',
    'Use `nextCursor` of a page as it was given, or none to start from the first page.',
  ),
  entry(
    'CALLBACK_LIMIT_REACHED',
    503,
    true,
    'Too many callbacks wait',
    'Wait until some are done; nothing was promised.',
  ),
  entry('CALLBACKS_STOPPED', 503, true, 'Ringback is stopping', 'Try again when it is back.'),
  entry(
    'IDEMPOTENCY_KEY_REUSED',
    409,
    false,
    'Idempotency key was used for another request',
    'Use a fresh key for each new request.',
  ),
  entry(
    'STORE_UNAVAILABLE',
    503,
    true,
    'Nothing can be stored now',
    'Often a full disk: the log has the cause. Nothing was promised; try again.',
  ),
  entry(
    'STORE_CONFLICT',
    409,
    true,
    'Callback was changed by somebody else',
    'Two processes may be using one data folder: stop one of them.',
  ),
];

export const ROUTING_ERRORS: readonly ErrorEntry[] = [
  entry('ROUTING_AGENT_UNKNOWN', 404, false, 'No such agent', '`GET /api/v1/agents` lists them.'),
  entry('ROUTING_AGENT_BUSY', 409, false, 'Agent is busy', 'Wait for the end of the conversation.'),
  entry('ROUTING_AGENT_STATE', 409, false, 'Not possible in this state', 'Read the state first.'),
  entry('ROUTING_AGENTS_FULL', 503, true, 'Too many agents', 'Delete agents that are not needed.'),
  entry('ROUTING_QUEUE_UNKNOWN', 404, false, 'No such queue', '`GET /api/v1/queues` lists them.'),
  entry(
    'ROUTING_AGENT_CALLBACKS_FULL',
    503,
    true,
    'Too many callbacks for this agent',
    'Wait until some are done, or raise `pacing.maxOwnedPerAgent`.',
  ),
  entry(
    'ROUTING_QUEUE_FULL',
    503,
    true,
    'Too many wait',
    'Try later, or raise `pacing.maxWaiting`.',
  ),
  entry(
    'ROUTING_ENTRY_INVALID',
    400,
    false,
    'Place in a queue without an order',
    'Priority, arrival and skill levels must be finite numbers.',
  ),
  entry(
    'ROUTING_CONFIG_INVALID',
    400,
    false,
    'Queues cannot be made',
    '`field` names the setting of `queues` or `pacing`.',
  ),
];
