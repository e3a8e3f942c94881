// Configuration of queues, their callbacks, and agents. PURE.
import { z } from 'zod';
import { parseExpression } from '../../routing/index.ts';
import { choiceSchemas } from './choices.ts';
import { preferredAgentSeconds, previewSchema, readyConfirmSchema } from './before-call.ts';
import { limitsSchema, slotsSchema } from './hours.ts';
import { e164, environmentName, name, sipUser, skillLevel, text, whole } from './fields.ts';
import { announceSchema, languageTag, promptName, recordingSchema } from './prompts.ts';

const DAY_SECONDS = 86_400;

const callbackSchema = z
  .strictObject({
    dialMode: z
      .enum(['reservation', 'notification'])
      .default('reservation')
      .describe(
        'When to dial. `reservation`: once an agent is held, so nobody waits on the line. ' +
          '`notification`: when an agent is expected to be free, which costs no agent time.',
      ),
    firstParty: z.enum(['customer', 'agent']).default('customer').describe('Who is called first.'),
    trunk: name()
      .nullable()
      .default(null)
      .describe('Trunk or trunk group to call through. null: the first of `sip.trunks`.'),
    callerId: e164()
      .nullable()
      .default(null)
      .describe('Number shown to its customers, one the trunk allows. null: that of the trunk.'),
    withholdCallerId: z
      .boolean()
      .default(false)
      .describe('Its customers see no number. Many do not answer such calls.'),
    maxAttempts: whole(1, 20).default(3).describe('Dials before the callback is given up.'),
    retryGapSeconds: whole(1, 7 * DAY_SECONDS)
      .default(900)
      .describe('Time between two dials: sooner annoys, later finds another day.'),
    ringTimeoutSeconds: whole(1, 180)
      .default(30)
      .describe('Unanswered after this is no answer. Voicemail often answers after 25 to 30 s.'),
    ttlSeconds: whole(60, 30 * DAY_SECONDS)
      .default(DAY_SECONDS)
      .describe('Not dialled any more so long after it was due: a late call is unwanted.'),
    maxScheduleAheadSeconds: whole(0, 366 * DAY_SECONDS)
      .default(30 * DAY_SECONDS)
      .describe('Longest time ahead a callback may be asked for; 0 allows immediate ones only.'),
    maxWaitOnLineSeconds: whole(5, 3_600)
      .default(120)
      .describe('An answered customer waits at most this long for an agent.'),
    greeting: promptName().default('greeting').describe('Played to the customer who answers.'),
    waiting: promptName().default('waiting').describe('Repeated while an agent is awaited.'),
    machineMessage: promptName()
      .nullable()
      .default(null)
      .describe('Left on an answering machine. null: hang up without a word and try again.'),
    apology: promptName().default('apology').describe('Played when no agent came in time.'),
    callbackOnAbandon: z
      .boolean()
      .default(true)
      .describe('A caller who hangs up while waiting keeps the place and is called back.'),
    officeHours: name()
      .nullable()
      .default(null)
      .describe('One of `officeHours`. null: always open.'),
    whenClosed: z
      .enum(['wait', 'refuse'])
      .default('wait')
      .describe('Asked for while closed: called when it opens, at its place, or refused.'),
    refuseNotBeforeClosing: z
      .boolean()
      .default(false)
      .describe('An immediate callback that nobody could make before closing is refused.'),
    executionBufferSeconds: whole(0, 3_600)
      .default(0)
      .describe(
        'A scheduled callback takes its place up to so long before its time, by as much as the ' +
          'wait is predicted. 0: at its time, and the wait comes on top.',
      ),
    preferredAgentSeconds: preferredAgentSeconds(),
    preview: previewSchema,
    readyConfirm: readyConfirmSchema,
    slots: slotsSchema,
    ...choiceSchemas,
    limits: limitsSchema,
    record: z
      .boolean()
      .default(false)
      .describe('Conversations are recorded. Off: in many places the parties must agree first.'),
  })
  .prefault({})
  .describe('What callbacks of this queue do unless their creator says otherwise.');

const skillExpression = (): z.ZodString =>
  z
    .string()
    .max(500)
    .superRefine((text, context) => {
      const parsed = parseExpression(text);
      if (!('fault' in parsed)) return;
      const { message, column } = parsed.fault;
      context.addIssue({ code: 'custom', message: `${message} at column ${column}` });
    })
    .meta({ allowed: 'an expression such as `german >= 3 && (sales || vip)`' });

const targetSchema = z.strictObject({
  skills: skillExpression()
    .nullable()
    .default(null)
    .describe('Agents for whom this holds join. Either this or `queue`.'),
  queue: name().nullable().default(null).describe('The agents of this queue join (overflow).'),
  afterSeconds: whole(0, 86_400)
    .default(0)
    .describe('Only for those who have waited this long since their arrival.'),
  whenWaitAboveSeconds: whole(0, 86_400)
    .nullable()
    .default(null)
    .describe('Only while the estimated wait is above this. It is while nobody is logged in.'),
  whenWaitingAbove: whole(0, 1_000_000)
    .nullable()
    .default(null)
    .describe('Only while more than this many wait in the queue.'),
  whenAgentsBelow: whole(1, 10_000)
    .nullable()
    .default(null)
    .describe("Only while fewer than this many of the queue's own agents are logged in."),
});

const queueSchema = z.strictObject({
  id: name().describe('`queueId` of the API.'),
  displayName: text(100).nullable().default(null).describe('Shown to people. null: the id.'),
  lineOfBusiness: name()
    .nullable()
    .default(null)
    .describe('Keys and tokens limited to lines of business see only queues of theirs.'),
  numbers: z
    .array(sipUser())
    .max(1_000)
    .default([])
    .describe('Called numbers (E.164, in quotes) or SIP users whose calls wait in this queue.'),
  requiredSkills: z
    .array(
      z.strictObject({
        skill: name().describe('Skill every agent of this queue has.'),
        minLevel: skillLevel().default(1).describe('Least level that will do.'),
      }),
    )
    .max(20)
    .default([])
    .describe('Agents with all of these serve the queue. Empty: every agent does.'),
  wrapUpSeconds: whole(0, 3_600)
    .default(15)
    .describe('After-call work granted after each conversation.'),
  agentRingTimeoutSeconds: whole(1, 120)
    .default(20)
    .describe('An agent who has not answered after this is made not-ready (RONA).'),
  reservationTimeoutSeconds: whole(5, 600)
    .default(60)
    .describe('Longest an agent is held while the customer is dialled.'),
  language: languageTag()
    .nullable()
    .default(null)
    .describe('What its customers hear, unless a callback asks for another. null: the default.'),
  announce: announceSchema,
  recording: recordingSchema,
  skills: skillExpression()
    .nullable()
    .default(null)
    .describe('Expression that holds for every agent of this queue, beside `requiredSkills`.'),
  targets: z
    .array(targetSchema)
    .max(15)
    .default([])
    .describe('Who else serves, and when: more agents join for those who have waited.'),
  waitMethod: z
    .enum(['stat-server', 'departures', 'simulation'])
    .default('departures')
    .describe(
      'How the wait is estimated. `departures`: by the last 32 who left for an agent. ' +
        '`stat-server`: by handle time and agents. `simulation`: the queue ahead is played.',
    ),
  callback: callbackSchema,
});

export const queuesSchema = z
  .array(queueSchema)
  .min(1)
  .max(1_000)
  .prefault([{ id: 'support', displayName: 'Support', numbers: ['support'] }])
  .describe('Virtual queues. Without any, one named `support` is there to begin with.');

export const pacingSchema = z
  .strictObject({
    predictWithinSeconds: whole(0, 300)
      .default(20)
      .describe(
        'A dialing notification looks ahead for agents who will be free as far as telephones ' +
          'ring, which is learned, and no farther than this. 0 counts on ready agents alone.',
      ),
    notificationTimeoutSeconds: whole(10, 3_600)
      .default(120)
      .describe('A notified callback of which nothing is heard no longer holds back others.'),
    maxWaiting: whole(1, 1_000_000)
      .default(10_000)
      .describe('Most interactions in all queues; one more is refused, which bounds memory.'),
    maxWaitingPercent: z
      .number()
      .min(0.1)
      .max(100)
      .default(3)
      .describe('Of customers who answered, at most so many may wait over 2 s for an agent.'),
    maxCallbacksPerAgentHour: whole(1, 1_000)
      .nullable()
      .default(null)
      .describe('Callbacks one agent is given in an hour at most. null: no limit.'),
    maxOwnedPerAgent: whole(1, 1_000)
      .default(20)
      .describe('Callbacks that may wait for one agent who owns them; one more is refused.'),
  })
  .prefault({})
  .describe('When callbacks in `dialMode: notification` are dialled.');

const agentSchema = z.strictObject({
  id: name().describe('`agentId` of the API.'),
  displayName: text(100).nullable().default(null).describe('Shown to people. null: the id.'),
  username: sipUser()
    .nullable()
    .default(null)
    .describe("SIP user name the agent's telephone registers with. null: the id."),
  passwordEnv: environmentName()
    .nullable()
    .default(null)
    .describe(
      'Environment variable that holds the SIP password (8 characters or more). null: one is ' +
        'made at the first start and kept in `dataDir`/agent-passwords/, one file for each id.',
    ),
  skills: z
    .record(name(), skillLevel())
    .default({})
    .describe('Skill names with levels from 1 (beginner) to 10.'),
});

export const agentsSchema = z
  .array(agentSchema)
  .max(10_000)
  .default([])
  .describe('Agents that are always there. More can be made through the API.');
