// Services by name, and how a request to one becomes a callback of ours.
import type { CallbackRecord, CreateCallback } from '../../callback/index.ts';
import type { ApiDeps } from '../deps.ts';
import { tokenOf, type GenesysService } from '../config/genesys.ts';
import { toE164 } from '../phone-number.ts';
import { ApiError } from '../problem.ts';
import { desiredTimeMs } from '../routes/callbacks.ts';
import { invalidOption } from './errors.ts';
import type { Params } from './params.ts';

export type GmsDeps = Pick<
  ApiDeps,
  'callbacks' | 'chats' | 'router' | 'config' | 'clock' | 'prompts'
>;
type Config = Pick<GmsDeps, 'config'>;

/** Where the service of a callback is remembered: among what is attached to it. */
const SERVICE_KEY = '_service_name';

/** Read here; everything else of a request is attached to the callback. */
const READ = new Set(['_customer_number', '_desired_time', '_new_desired_time', '_callback_state']);

/** Keys a callback takes, less the one for its service. */
export const MAX_ATTACHED = 49;
const KEY = /^[\w.-]{1,64}$/;
const MAX_VALUE_LENGTH = 1_024;

/** @throws ApiError GENESYS_SERVICE_UNKNOWN */
export function serviceNamed(
  { config }: Config,
  name: string,
  kind: GenesysService['kind'] = 'callback',
): GenesysService {
  const found = config.genesys.services.find((one) => one.name === name && one.kind === kind);
  if (found !== undefined) return found;
  throw new ApiError('GENESYS_SERVICE_UNKNOWN', `service ${kind} ${name} is not configured`);
}

/** The service a callback belongs to; null: it is shown to nobody here. */
export function serviceOf({ config }: Config, record: CallbackRecord): GenesysService | null {
  const callbacks = config.genesys.services.filter(({ kind }) => kind === 'callback');
  const made = callbacks.find(({ name }) => name === record.userData[SERVICE_KEY]);
  return made ?? callbacks.find(({ queue }) => queue === record.queueId) ?? null;
}

/**
 * The queue a request to a service is about.
 * @throws ApiError GENESYS_PARAMETER_INVALID for a token or target that names no queue
 */
export function queueOf({ config }: Config, service: GenesysService, params: Params): string {
  const token = tokenOf(service.queue);
  const target = service.options._overwritable_options.includes('_target')
    ? params.get('_target')
    : undefined;
  const named = target ?? (token === null ? service.queue : params.get(token));
  const queue = config.queues.find(({ id }) => id === named);
  if (queue !== undefined) return queue.id;
  throw invalidOption(token ?? '_target', 'must name a queue');
}

/** What a customer asks for, by whichever protocol. */
export interface Wish {
  readonly customerNumber: string;
  /** ISO 8601; null: as soon as possible. */
  readonly desiredTime: string | null;
  readonly attached: Readonly<Record<string, string>>;
  readonly language: string | null;
  readonly priority: number | null;
}

/** @throws ApiError for numbers, times, tokens and languages that are not accepted */
export function toCreate(
  deps: Pick<GmsDeps, 'config' | 'clock' | 'prompts'>,
  service: GenesysService,
  wish: Wish,
  params: Params,
): CreateCallback {
  const { options } = service;
  const queueId = queueOf(deps, service, params);
  const first = options._userterminated_first_connect_party;
  const language = languageOf(deps, wish.language);
  return {
    queueId,
    customerNumber: numberOf(deps, service, wish.customerNumber),
    desiredTimeMs: desiredTimeMs(deps, queueId, wish.desiredTime ?? undefined),
    arrivedAtMs: null,
    priority: wish.priority,
    dialMode: null,
    firstParty: first === null ? null : first === 'AGENT' ? 'agent' : 'customer',
    maxAttempts: wholeOption(options._max_dial_attempts, params, [1, 20]),
    retryGapSeconds: wholeOption(options._dial_retry_timeout, params, [10, 604_800]),
    requiredSkills: [],
    userData: { ...wish.attached, [SERVICE_KEY]: service.name },
    ...(language === null ? {} : { language }),
    idempotencyKey: null,
  };
}

/** @throws ApiError PHONE_NUMBER_INVALID, PHONE_NUMBER_REFUSED */
export function numberOf({ config }: Config, { options }: GenesysService, text: string): string {
  const country = options._default_country ?? config.defaultCountry;
  return toE164(text, country, '_customer_number');
}

/** @throws ApiError GENESYS_PARAMETER_INVALID for a mandatory key that is missing */
export function checkMandatory({ options }: GenesysService, params: Params): void {
  for (const key of options._mandatory_customer_lookup_keys) {
    if ((params.get(key) ?? '') === '') throw invalidOption(key, 'is mandatory');
  }
}

/**
 * What a request attaches to its callback: all that is not read here.
 * @throws ApiError GENESYS_PARAMETER_INVALID for keys and values that cannot be attached
 */
export function attachedOf(params: Params): Record<string, string> {
  const pairs = [...params].filter(([key]) => !READ.has(key) && key !== SERVICE_KEY);
  if (pairs.length > MAX_ATTACHED) throw invalidOption('request', `has over ${MAX_ATTACHED} keys`);
  for (const [key, value] of pairs) {
    if (!KEY.test(key)) throw invalidOption(key.slice(0, 64), 'is not a possible key');
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalidOption(key, `is longer than ${MAX_VALUE_LENGTH} characters`);
    }
  }
  return Object.fromEntries(pairs);
}

function wholeOption(
  value: string | number | null,
  params: Params,
  [min, max]: readonly [number, number],
): number | null {
  const token = tokenOf(value);
  if (token === null) return value === null ? null : Number(value);
  const brought = params.get(token) ?? '';
  const number = /^\d{1,9}$/.test(brought) ? Number(brought) : NaN;
  if (number >= min && number <= max) return number;
  throw invalidOption(token, `must be a whole number from ${min} to ${max}`);
}

/** `en-US` is answered in `en` where there is nothing nearer. @throws ApiError LANGUAGE_UNKNOWN */
function languageOf({ prompts }: Pick<GmsDeps, 'prompts'>, asked: string | null): string | null {
  if (asked === null) return null;
  const known = prompts.languages();
  const found = [asked, asked.split('-')[0]].find((tag) => known.includes(tag ?? ''));
  if (found !== undefined) return found;
  throw new ApiError('LANGUAGE_UNKNOWN', `language is not among ${known.join(', ')}`);
}
