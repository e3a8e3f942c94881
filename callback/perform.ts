// Effects become port calls. Knows the ports and nothing else.
import type { Agents, Calls } from './ports.ts';
import type { CallbackEffect } from './state.ts';

export interface PerformPorts {
  readonly calls: Calls;
  readonly agents: Agents;
}

/** Performs one effect of the callback `id`. Throws what the port throws. */
export function perform(effect: CallbackEffect, id: string, { calls, agents }: PerformPorts): void {
  switch (effect.type) {
    case 'submit-to-routing':
      return agents.submit(effect.entry);
    case 'withdraw-from-routing':
      return agents.withdraw(id, effect.why);
    case 'customer-present':
      return agents.customerPresent(id);
    case 'customer-not-reached':
      return agents.customerNotReached(id);
    case 'agent-answered':
      return agents.agentAnswered(effect.reservationId);
    case 'agent-not-answered':
      return agents.agentNotAnswered(effect.reservationId, effect.why);
    case 'agent-not-ready':
      return agents.notReady(effect.agentId, effect.reason);
    case 'interaction-ended':
      return agents.interactionEnded(id);
    case 'dial-customer':
      return calls.dialCustomer(effect.command);
    case 'take-call':
      return calls.takeCall(effect.command);
    case 'play-to-customer':
      return calls.playToCustomer(id, effect.treatment, effect.loop, effect.digits);
    case 'ring-agent':
      // A commit may come minutes late, when the store refused: the agent may be with another by
      // then. That the reservation is lost is news on its way to the rule.
      if (agents.isHeld(effect.command.reservationId)) calls.ringAgent(effect.command);
      return;
    case 'play-to-agent':
      return calls.playToAgent(id, effect.treatment, effect.loop);
    case 'join':
      // Nor are they joined when routing has given the agent up: it would send the next customer.
      if (agents.isHeld(effect.reservationId)) {
        calls.join(id, effect.reservationId, effect.record);
      }
      return;
    case 'hang-up-agent':
      return calls.hangUpAgent(id, effect.reason);
    case 'end-contact':
      return calls.endContact(id, effect.reason);
  }
}

/** Gives something back or only reports: right to repeat whatever became of the callback since. */
export function givesBack(effect: CallbackEffect): boolean {
  switch (effect.type) {
    case 'withdraw-from-routing':
    case 'customer-not-reached':
    case 'agent-not-answered':
    case 'interaction-ended':
    case 'hang-up-agent':
    case 'end-contact':
      return true;
    case 'submit-to-routing':
    case 'agent-not-ready':
    case 'customer-present':
    case 'agent-answered':
    case 'dial-customer':
    case 'take-call':
    case 'play-to-customer':
    case 'ring-agent':
    case 'play-to-agent':
    case 'join':
      return false;
  }
}
