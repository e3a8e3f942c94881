// Looking for a target that answers: who is tried next, and which answer goes up. PURE.
// RFC 3261 s.16.5, s.16.7 (the response context).
//
//   Searching --final of the last branch--> Searching [next target], or Over [best answer]
//   Searching --2xx--> Over [relay, cancel the others]     Searching --cancelled--> Over [cancel]
import type { Step } from '../../core/step.ts';

export type SearchState =
  | {
      readonly name: 'searching';
      readonly serial: boolean;
      /** Targets not tried yet. */
      readonly targets: readonly string[];
      /** Branches without a final answer. */
      readonly live: number;
    }
  | { readonly name: 'over' };

export type SearchEvent =
  /** `redirects`: Contact URIs of a 3xx that is followed. */
  | {
      readonly kind: 'final-received';
      readonly status: number;
      readonly redirects: readonly string[];
    }
  | { readonly kind: 'cancelled' };

export type SearchEffect =
  | { readonly kind: 'try'; readonly target: string }
  | { readonly kind: 'cancel-branches' }
  | { readonly kind: 'answer-best' }
  | { readonly kind: 'finish' };

type Answer = readonly [SearchState, readonly SearchEffect[]];

/** Most targets one search tries, redirects included. */
const MAX_TARGETS = 32;

const finish: SearchEffect = { kind: 'finish' };
const cancelBranches: SearchEffect = { kind: 'cancel-branches' };

/** The start: the first target, or all of them. */
export function startSearch(targets: readonly string[], serial: boolean): Answer {
  return next({ name: 'searching', serial, targets: targets.slice(0, MAX_TARGETS), live: 0 });
}

export const stepSearch: Step<SearchState, SearchEvent, SearchEffect> = (state, event) => {
  switch (state.name) {
    case 'searching':
      if (event.kind === 'cancelled') return [{ name: 'over' }, [cancelBranches, finish]];
      return final(state, event.status, event.redirects);
    case 'over':
      return [state, []];
  }
};

type Searching = SearchState & { name: 'searching' };

function final(state: Searching, status: number, redirects: readonly string[]): Answer {
  if (status < 300) return [{ name: 'over' }, [cancelBranches, finish]];
  const live = state.live - 1;
  // s.16.7 step 5: a 6xx ends the search; a challenge must reach the caller before more is tried.
  if (status >= 600 || status === 401 || status === 407) {
    const [after, effects] = next({ ...state, live, targets: [] });
    return [after, status >= 600 ? [cancelBranches, ...effects] : effects];
  }
  const targets = [...redirects, ...state.targets].slice(0, MAX_TARGETS);
  return next({ ...state, live, targets });
}

function next(state: Searching): Answer {
  const tried = state.serial ? state.targets.slice(0, state.live > 0 ? 0 : 1) : state.targets;
  if (tried.length === 0) {
    if (state.live > 0) return [state, []];
    return [{ name: 'over' }, [{ kind: 'answer-best' }, finish]];
  }
  const targets = state.targets.slice(tried.length);
  const effects = tried.map((target): SearchEffect => ({ kind: 'try', target }));
  return [{ ...state, targets, live: state.live + tried.length }, effects];
}

/** s.16.7 step 6: true when `status` is a better answer than `best`. */
export function isBetter(status: number, best: number | null): boolean {
  return best === null || rank(status) < rank(best);
}

function rank(status: number): number {
  if (status >= 600) return 0;
  if ([401, 407, 415, 420, 484].includes(status)) return 400;
  return status === 503 ? 600 : status + 1;
}
