// Configuration of text chats. PURE.
import { z } from 'zod';
import type { ChatOptions } from '../../callback/index.ts';
import { name, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

export const chatSchema = z
  .strictObject({
    queues: z
      .array(name())
      .max(1_000)
      .nullable()
      .default(null)
      .describe('Queues that take chats. null: all of them; `[]`: there are no chats.'),
    silenceSeconds: whole(30, 86_400)
      .default(600)
      .describe('A chat in which nobody says anything for so long is over; the agent is free.'),
    agentSilenceSeconds: whole(10, 86_400)
      .default(120)
      .describe(
        'A customer who gets no answer for so long is in line again, at the old place; the agent ' +
          'is not ready (`chat-silent`).',
      ),
    maxWaitSeconds: whole(60, 86_400)
      .default(3_600)
      .describe('A chat that no agent has taken for so long is over.'),
    messagesPerMinute: whole(1, 1_000)
      .default(30)
      .describe('Messages of one side in a minute; one more gets 429 with Retry-After.'),
    maxMessages: whole(1, 100_000)
      .default(2_000)
      .describe('Messages of one chat in all: a transcript stays readable.'),
    maxOpen: whole(1, 100_000)
      .default(1_000)
      .describe('Chats that are not over at one time; one more gets 503.'),
  })
  .prefault({})
  .describe('Text chats, which wait in the line of callers and callbacks.');

/** What chats are made from. */
export function toChatOptions({ chat, queues }: Pick<Settings, 'chat' | 'queues'>): ChatOptions {
  const { queues: named, maxOpen, ...rules } = chat;
  const ids = named ?? queues.map(({ id }) => id);
  return { rules: new Map(ids.map((id) => [id, rules])), maxOpen };
}

/** Queues that are not there. */
export function chatIssues({ chat, queues }: Settings): ConfigIssue[] {
  const known = queues.map(({ id }) => id);
  return (chat.queues ?? []).flatMap((id, index) =>
    known.includes(id)
      ? []
      : [
          {
            path: ['chat', 'queues', index],
            message: `is "${id}", which is not among queues: ${known.join(', ')}`,
          },
        ],
  );
}
