// `proxy` of the control protocol: a request of the network goes on to targets an application
// named. RFC 3261 s.16; drachtio's flags.
import { splitList, parseAddress } from '../message/address.ts';
import { forwardedRequest, forwardedResponse } from '../message/forward.ts';
import type { SipMessage } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { nextHopUri } from '../dialog/dialog.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import { passingLines, type AppMessage } from './app-message.ts';
import type { Application } from './applications.ts';
import { newBranch, timeStamp, type Core } from './core.ts';
import type { AppFrame } from './frames.ts';
import type { InboundRequest } from './inbound-request.ts';
import { ProxyBranch, type BranchUser } from './proxy-branch.ts';
import { isBetter, startSearch, stepSearch, type SearchEffect } from './proxy-search.ts';
import type { SearchEvent, SearchState } from './proxy-search.ts';
import { routeTo } from './route.ts';

/** What the application asked for, read from the frame's tokens. */
export interface ProxyOptions {
  readonly remainInDialog: boolean;
  readonly fullResponse: boolean;
  readonly followRedirects: boolean;
  readonly serial: boolean;
  readonly provisionalTimeoutMs: number | null;
  readonly targets: readonly string[];
}

/** Reads the tokens after the transaction id; null when there are too few. */
export function parseProxyOptions(frame: AppFrame): ProxyOptions | null {
  const [, remain, full, follow, order, provisional, , ...targets] = frame.tokens;
  if (targets.length === 0 || targets.includes('')) return null;
  return {
    remainInDialog: remain === 'remainInDialog',
    fullResponse: full === 'fullResponse',
    followRedirects: follow === 'followRedirects',
    serial: order !== 'simultaneous',
    provisionalTimeoutMs: durationMs(provisional ?? ''),
    targets,
  };
}

function durationMs(text: string): number | null {
  const match = /^(\d{1,6})(ms|s)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (match[2] === 's' ? 1_000 : 1);
}

/** `<sip:token@host:port;lr>`: the token shows later that the route was given out by us. */
export function recordRouteValue(core: Core, listener: Listener): string {
  const transport = listener.protocol === 'udp' ? '' : `;transport=${listener.protocol}`;
  return `<sip:${core.routeToken}@${listener.hostPort}${transport};lr>`;
}

/** One proxied request, from the application's frame to the final answer. */
export class ProxySession {
  readonly #core: Core;
  readonly #inbound: InboundRequest;
  readonly #application: Application;
  readonly #frameId: string;
  readonly #options: ProxyOptions;
  readonly #extra: string;
  readonly #branches: ProxyBranch[] = [];
  #state: SearchState;
  #best: { readonly status: number; readonly response: SipMessage | null } | null = null;

  constructor(
    core: Core,
    inbound: InboundRequest,
    frame: AppFrame,
    message: AppMessage,
    options: ProxyOptions,
  ) {
    this.#core = core;
    this.#inbound = inbound;
    this.#application = inbound.application;
    this.#frameId = frame.id;
    this.#options = options;
    this.#extra = passingLines(message, inbound.transaction.flow.local.hostPort);
    const [state, effects] = startSearch(options.targets, options.serial);
    this.#state = state;
    this.#perform(effects);
  }

  /** The caller cancelled, and has its 487: every branch is cancelled too. */
  cancelled(): void {
    this.#step({ kind: 'cancelled' });
  }

  #step(event: SearchEvent): void {
    const [state, effects] = stepSearch(this.#state, event);
    this.#state = state;
    this.#perform(effects);
  }

  #perform(effects: readonly SearchEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'try':
          this.#try(effect.target);
          break;
        case 'cancel-branches':
          for (const branch of this.#branches) branch.cancel();
          break;
        case 'answer-best':
          this.#answerBest();
          break;
        case 'finish':
          this.#application.reply(this.#frameId, 'OK|done');
          break;
      }
    }
  }

  #try(target: string): void {
    const { request } = this.#inbound;
    const routes = request.list('route');
    const own = parseUri(request.uri);
    const ours = own !== null && this.#core.transports.isOwn(own.host, own.port ?? 5060);
    const uri = ours ? target : request.uri;
    const route = routeTo(this.#core, ours ? nextHopUri(target, routes) : target);
    const user: BranchUser = {
      branchAnswered: (response, flow) => this.#answered(response, flow),
      branchFailed: (status) => this.#failed(status, null),
    };
    if (route.kind === 'refused') {
      // Later, so that a search never answers before it has begun.
      setImmediate(() => this.#failed(503, null));
      return;
    }
    const branch = newBranch(this.#core);
    const { listener } = route;
    const stays = this.#options.remainInDialog;
    const outgoing = forwardedRequest(request, {
      ...{ uri, routes, branch, extra: this.#extra },
      via: `${listener.viaStart};rport;branch=${branch}`,
      recordRoute: stays ? recordRouteValue(this.#core, listener) : null,
    });
    const patienceMs = this.#options.provisionalTimeoutMs;
    const next = new ProxyBranch(this.#core, outgoing, user, patienceMs);
    this.#branches.push(next);
    next.send(route);
  }

  #answered(response: SipMessage, flow: Flow): void {
    const { status } = response;
    if (status < 200) {
      if (this.#state.name === 'searching') this.#relay(response);
      return;
    }
    if (this.#options.fullResponse && this.#state.name === 'searching') {
      this.#tellResponse(response, flow);
    }
    if (status < 300) this.#relay(response);
    this.#failed(status, response);
  }

  /** Counts a final answer, also a success, which the search then ends with. */
  #failed(status: number, response: SipMessage | null): void {
    const follows = this.#options.followRedirects && status >= 300 && status < 400;
    const redirects = follows && response !== null ? contactUris(response) : [];
    // s.16.7 step 4: a redirect that is followed is nobody's answer.
    const counts = status >= 300 && redirects.length === 0;
    if (counts && isBetter(status, this.#best?.status ?? null)) this.#best = { status, response };
    this.#step({ kind: 'final-received', status, redirects });
  }

  /** Upwards without our Via; every 2xx again too (RFC 6026 s.7.1). */
  #relay(response: SipMessage): void {
    this.#inbound.relay(response.status, forwardedResponse(response));
  }

  #answerBest(): void {
    const best = this.#best;
    if (best === null || best.response === null) {
      this.#inbound.answer(best?.status === 503 ? 500 : 408, 'Request Timeout');
      return;
    }
    // s.16.7 step 6: a 503 of one target does not mean that this proxy is overloaded.
    const status = best.status === 503 ? 500 : best.status;
    this.#inbound.relay(status, forwardedResponse(best.response, status));
  }

  #tellResponse(response: SipMessage, flow: Flow): void {
    const text = response.text();
    this.#application.reply(
      this.#frameId,
      `OK|network|${text.length}|${flow.protocol}|${flow.address}|${flow.port}` +
        `|${timeStamp(this.#core)}|||continue\r\n${text}`,
    );
  }
}

function contactUris(response: SipMessage): string[] {
  const values = response.all('contact').flatMap(splitList);
  return values.map((value) => parseAddress(value)?.uri ?? '').filter((uri) => uri !== '');
}
