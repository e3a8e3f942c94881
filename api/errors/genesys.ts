// Error codes of the Genesys-compatible face, which shows them in a body of its own. PURE.
import { entry, type ErrorEntry } from './entry.ts';

export const GENESYS_ERRORS: readonly ErrorEntry[] = [
  entry(
    'GENESYS_SERVICE_UNKNOWN',
    404,
    false,
    'No such service',
    'Name one of `genesys.services`, of the kind that the route is about.',
  ),
  entry(
    'GENESYS_PARAMETER_INVALID',
    400,
    false,
    'Invalid option',
    'The message names the parameter and what is allowed.',
  ),
  entry(
    'GENESYS_NOT_SCHEDULABLE',
    400,
    false,
    'The service has no slots',
    'Set `_request_time_bucket` and `_business_hours_service` of the service.',
  ),
  entry(
    'GENESYS_STATISTIC_UNKNOWN',
    403,
    false,
    'No such statistic',
    'docs/genesys.md lists metrics; the object is the id of a queue.',
  ),
  entry(
    'GENESYS_ORIGIN_REFUSED',
    403,
    false,
    'Page of an unknown origin',
    'Name the origin in `http.corsOrigins`.',
  ),
  entry('GENESYS_STORED_UNKNOWN', 404, false, 'Nothing is stored there', 'It may have expired.'),
  entry(
    'GENESYS_STORAGE_FULL',
    503,
    true,
    'Too much is stored',
    'Wait until something expires, or raise `genesys.maxStored`.',
  ),
];
