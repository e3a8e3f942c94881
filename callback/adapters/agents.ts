// The Agents port over routing/: the same words, minus what callbacks need not hear.
import type { Router } from '../../routing/index.ts';
import type { AgentEvent, Agents } from '../ports.ts';

export function createAgents(router: Router): Agents {
  return {
    submit: (entry) => router.submit(entry),
    withdraw: (interactionId, reason) => router.withdraw(interactionId, reason),
    customerPresent: (interactionId) => router.customerPresent(interactionId),
    customerNotReached: (interactionId) => router.customerNotReached(interactionId),
    isHeld: (reservationId) => router.isHeld(reservationId),
    agentAnswered: (reservationId) => router.agentAnswered(reservationId),
    agentNotAnswered: (reservationId, why) => router.agentNotAnswered(reservationId, why),
    notReady(agentId, reason) {
      const state = router.agent(agentId)?.state ?? 'logged-out';
      if (state !== 'logged-out') router.notReady(agentId, reason);
    },
    interactionEnded: (interactionId) => router.interactionEnded(interactionId),
    onNotice: (listener: (interactionId: string, event: AgentEvent) => void) =>
      router.onNotice((notice) => {
        switch (notice.type) {
          case 'agent-assigned':
          case 'agent-reserved':
            listener(notice.interactionId, {
              type: notice.type,
              reservationId: notice.reservationId,
              agentId: notice.agentId,
              username: notice.username,
              ringTimeoutMs: notice.ringTimeoutMs,
            });
            return;
          case 'dial-notified':
            listener(notice.interactionId, { type: 'dial-notified' });
            return;
          case 'reservation-lost':
            listener(notice.interactionId, {
              type: 'reservation-lost',
              reservationId: notice.reservationId,
            });
            return;
          case 'agent-changed':
          case 'queue-changed':
            return;
        }
      }),
  };
}
