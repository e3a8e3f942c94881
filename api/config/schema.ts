// The whole configuration file as one schema. Every field has its unit in its name, a range, and a
// description with the reason; unknown keys are refused. PURE.
import { z } from 'zod';
import { chatSchema } from './chat.ts';
import { eventsSchema } from './events.ts';
import { genesysSchema } from './genesys.ts';
import { mediaSchema } from './media.ts';
import { promptsSchema } from './prompts.ts';
import { pushSchema } from './push.ts';
import {
  dataDirSchema,
  defaultCountrySchema,
  hostSchema,
  httpSchema,
  logSchema,
} from './process.ts';
import { callingHoursSchema, officeHoursSchema } from './hours.ts';
import { retentionSchema } from './retention.ts';
import { agentsSchema, pacingSchema, queuesSchema } from './queues.ts';
import { sipSchema } from './sip.ts';

export const configSchema = z.strictObject({
  dataDir: dataDirSchema,
  host: hostSchema,
  defaultCountry: defaultCountrySchema,
  log: logSchema,
  http: httpSchema,
  events: eventsSchema,
  push: pushSchema,
  sip: sipSchema,
  media: mediaSchema,
  prompts: promptsSchema,
  officeHours: officeHoursSchema,
  callingHours: callingHoursSchema,
  queues: queuesSchema,
  agents: agentsSchema,
  pacing: pacingSchema,
  chat: chatSchema,
  genesys: genesysSchema,
  retention: retentionSchema,
});

/** What the file says, defaults filled in. Holds names of secrets, never secrets. */
export type Settings = z.output<typeof configSchema>;

export type TrunkSettings = Settings['sip']['trunks'][number];
export type QueueSettings = Settings['queues'][number];
export type AgentSettings = Settings['agents'][number];
