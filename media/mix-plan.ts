// The usual ways for three to share a call, as who hears whom. PURE.
import type { MixMember } from './types.ts';

/**
 * `listen`: the third hears both, nobody hears the third. `whisper`: the agent alone hears the
 * third. `conference`: all hear all, for barge-in and for a transfer with three.
 */
export type MixKind = 'listen' | 'whisper' | 'conference';

/** @returns what `Media.mix` takes; customer and agent hear each other in every kind */
export function mixPlan(
  kind: MixKind,
  legs: { readonly customer: string; readonly agent: string; readonly third: string },
): readonly MixMember[] {
  const { customer, agent, third } = legs;
  const supervisor = { legId: third, hears: [customer, agent] };
  switch (kind) {
    case 'listen':
      return [{ legId: customer, hears: [agent] }, { legId: agent, hears: [customer] }, supervisor];
    case 'whisper':
      return [
        { legId: customer, hears: [agent] },
        { legId: agent, hears: [customer, third] },
        supervisor,
      ];
    case 'conference':
      return [
        { legId: customer, hears: [agent, third] },
        { legId: agent, hears: [customer, third] },
        supervisor,
      ];
  }
}
