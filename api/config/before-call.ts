// Configuration of what comes before the call: the agent's preview, asking the customer, and the
// agent who should have it. PURE.
import { z } from 'zod';
import { whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

export const previewSchema = z
  .strictObject({
    timeoutSeconds: whole(5, 600).default(30).describe('Longest the agent may look at it.'),
    maxRejects: whole(1, 100)
      .nullable()
      .default(3)
      .describe('After so many rejects it is given up. null: it always goes back to the queue.'),
    onTimeout: z
      .enum(['not-ready', 'next'])
      .default('not-ready')
      .describe('An agent who says nothing is made not ready (`preview-ignored`), or stays ready.'),
  })
  .nullable()
  .default(null)
  .describe('The reserved agent accepts, rejects or snoozes before the call. null: no preview.');

export const readyConfirmSchema = z
  .strictObject({
    timeoutSeconds: whole(5, 300)
      .default(30)
      .describe('Longest wait for an answer, each time of asking.'),
    attempts: whole(1, 10).default(1).describe('Times of asking.'),
    onTimeout: z
      .enum(['dial', 'fail', 'requeue'])
      .default('dial')
      .describe('No answer: called all the same, given up, or tried again after the retry gap.'),
  })
  .nullable()
  .default(null)
  .describe('The customer is asked (event `ready-asked`) before the call. null: not.');

export const preferredAgentSeconds = () =>
  whole(0, 86_400)
    .default(120)
    .describe('So long from its arrival a callback with `agentId` waits for that agent alone.');

/** An agent must not be let go while the questions are open. */
export function beforeCallIssues({ queues }: Settings): ConfigIssue[] {
  return queues.flatMap(({ callback, reservationTimeoutSeconds }, index) => {
    const { preview, readyConfirm, dialMode, ringTimeoutSeconds } = callback;
    const askingSeconds = readyConfirm ? readyConfirm.timeoutSeconds * readyConfirm.attempts : 0;
    const neededSeconds = askingSeconds + (preview?.timeoutSeconds ?? 0) + ringTimeoutSeconds;
    const path = ['queues', index];
    if (preview !== null && dialMode === 'notification') {
      const message = 'needs `dialMode: reservation`: no agent is held before the call';
      return [{ path: [...path, 'callback', 'preview'], message }];
    }
    const isAsking = preview !== null || readyConfirm !== null;
    if (!isAsking || dialMode !== 'reservation') return [];
    if (reservationTimeoutSeconds >= neededSeconds) return [];
    const message =
      `is ${reservationTimeoutSeconds}, too short for asking, preview and ringing together: ` +
      `${neededSeconds}`;
    return [{ path: [...path, 'reservationTimeoutSeconds'], message }];
  });
}
