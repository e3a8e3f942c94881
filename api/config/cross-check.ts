// What no single field can say: names that must exist or be unique, ranges that must not cross,
// addresses that cannot be announced. PURE.
import { accessIssues } from './access.ts';
import { publicIssues } from './public.ts';
import { genesysIssues } from './genesys.ts';
import { beforeCallIssues } from './before-call.ts';
import { chatIssues } from './chat.ts';
import { choiceIssues } from './choices.ts';
import { hoursIssues } from './hours.ts';
import type { ConfigIssue } from './issues.ts';
import { repeated } from './repeated.ts';
import type { Settings } from './schema.ts';
import { trunkIssues } from './trunk-check.ts';
import { webRtcIssues } from './webrtc.ts';

const ALL_ADDRESSES: readonly string[] = ['0.0.0.0', '::'];

/** Every contradiction between fields. */
export function crossCheck(settings: Settings): ConfigIssue[] {
  return [
    ...accessIssues(settings),
    ...publicIssues(settings),
    ...sipIssues(settings),
    ...trunkIssues(settings),
    ...mediaIssues(settings),
    ...webRtcIssues(settings),
    ...queueIssues(settings),
    ...hoursIssues(settings),
    ...choiceIssues(settings),
    ...chatIssues(settings),
    ...genesysIssues(settings),
    ...beforeCallIssues(settings),
    ...agentIssues(settings),
    ...promptIssues(settings),
  ];
}

/** One text for each name and language. */
function promptIssues({ prompts, media }: Settings): ConfigIssue[] {
  const seen = new Set<string>();
  return prompts.flatMap(({ name, say, fallback }, index) => {
    const language = say.language ?? media.language;
    const key = `${language}/${name}`;
    const path = ['prompts', index];
    const issues: ConfigIssue[] = [];
    if (seen.has(key)) {
      issues.push({ path: [...path, 'name'], message: `is "${name}" twice in ${language}` });
    }
    seen.add(key);
    if (prompts.some((other) => other.name === fallback)) {
      issues.push({ path: [...path, 'fallback'], message: 'is itself a text of `prompts`' });
    }
    return issues;
  });
}

function sipIssues({ host, sip }: Settings): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const wide = sip.listen.some((listen) => ALL_ADDRESSES.includes(listen.host ?? host));
  if (wide && sip.externalHost === null) {
    issues.push({
      path: ['sip', 'externalHost'],
      message: 'is needed when SIP listens on all addresses: the address others reach us by',
    });
  }
  issues.push(...certificateIssues(sip));
  const { t1Ms, t2Ms } = sip.timers;
  if (t2Ms < t1Ms) {
    issues.push({ path: ['sip', 'timers', 't2Ms'], message: `is ${t2Ms}, less than t1Ms ${t1Ms}` });
  }
  const { minExpiresSeconds, defaultExpiresSeconds, maxExpiresSeconds } = sip.registrar;
  if (minExpiresSeconds > defaultExpiresSeconds || defaultExpiresSeconds > maxExpiresSeconds) {
    issues.push({
      path: ['sip', 'registrar', 'defaultExpiresSeconds'],
      message:
        `is ${defaultExpiresSeconds}, not between minExpiresSeconds ${minExpiresSeconds} ` +
        `and maxExpiresSeconds ${maxExpiresSeconds}`,
    });
  }
  const { host: external, secretEnv } = sip.drachtio;
  if ((external === null) !== (secretEnv === null)) {
    const missing = external === null ? 'host' : 'secretEnv';
    issues.push({
      path: ['sip', 'drachtio', missing],
      message: 'is missing: host and secretEnv go together',
    });
  }
  if (external !== null && sip.hep.host !== null) {
    issues.push({
      path: ['sip', 'hep', 'host'],
      message: 'cannot be set beside sip.drachtio: that engine sends its own copies',
    });
  }
  return issues;
}

function certificateIssues({ listen, tls }: Settings['sip']): ConfigIssue[] {
  const secured = listen.find(({ protocol }) => protocol === 'tls' || protocol === 'wss');
  const wanted = secured !== undefined || tls.certificateFile !== null || tls.keyFile !== null;
  if (!wanted) return [];
  return (['certificateFile', 'keyFile'] as const)
    .filter((field) => tls[field] === null)
    .map((field) => ({
      path: ['sip', 'tls', field],
      message: 'is missing: sockets of tls and wss need both certificateFile and keyFile',
    }));
}

function mediaIssues({ host, media }: Settings): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  if (ALL_ADDRESSES.includes(media.host ?? host) && media.announcedHost === null) {
    issues.push({
      path: ['media', 'announcedHost'],
      message: 'is needed when RTP binds to all addresses: SDP must name one that others can reach',
    });
  }
  if (media.portMax - media.portMin < 3) {
    issues.push({
      path: ['media', 'portMax'],
      message: `is ${media.portMax}; one call needs at least portMin + 3 = ${media.portMin + 3}`,
    });
  }
  return issues;
}

function queueIssues({ queues, sip }: Settings): ConfigIssue[] {
  const issues = repeated(queues, (queue) => queue.id, ['queues'], 'id');
  const queueOfNumber = new Map<string, string>();
  queues.forEach((queue, index) => {
    queue.numbers.forEach((number, position) => {
      const owner = queueOfNumber.get(number);
      if (owner !== undefined) {
        issues.push({
          path: ['queues', index, 'numbers', position],
          message: `is "${number}", which already leads to queue ${owner}`,
        });
      }
      queueOfNumber.set(number, queue.id);
    });
    issues.push(...targetIssues(queues, index));
    const { trunk, ringTimeoutSeconds, dialMode } = queue.callback;
    const path = ['queues', index, 'callback'];
    const ways = [...sip.trunks, ...sip.trunkGroups];
    if (trunk !== null && !ways.some((known) => known.name === trunk)) {
      const names = ways.map((known) => known.name).join(', ') || 'none';
      issues.push({
        path: [...path, 'trunk'],
        message: `is "${trunk}", which is not among sip.trunks and sip.trunkGroups: ${names}`,
      });
    }
    if (dialMode === 'reservation' && queue.reservationTimeoutSeconds < ringTimeoutSeconds) {
      issues.push({
        path: ['queues', index, 'reservationTimeoutSeconds'],
        message:
          `is ${queue.reservationTimeoutSeconds}, shorter than callback.ringTimeoutSeconds ` +
          `${ringTimeoutSeconds}: the agent would be let go while the customer's phone rings`,
      });
    }
  });
  return issues;
}

function targetIssues(queues: Settings['queues'], index: number): ConfigIssue[] {
  const queue = queues[index];
  return (queue?.targets ?? []).flatMap((target, position) => {
    const path = ['queues', index, 'targets', position];
    if ((target.skills === null) === (target.queue === null)) {
      return [{ path: [...path, 'skills'], message: 'either skills or queue is needed, not both' }];
    }
    if (target.queue === null) return [];
    const isOther = queues.some(({ id }) => id === target.queue) && target.queue !== queue?.id;
    return isOther
      ? []
      : [{ path: [...path, 'queue'], message: `is "${target.queue}", not another of queues` }];
  });
}

function agentIssues({ agents, queues }: Settings): ConfigIssue[] {
  const called = new Set(queues.flatMap((queue) => queue.numbers));
  const shadowed = agents.flatMap((agent, index) => {
    const username = agent.username ?? agent.id;
    if (!called.has(username)) return [];
    const message = `is "${username}", which leads to a queue already`;
    return [{ path: ['agents', index, 'username'], message }];
  });
  return [
    ...shadowed,
    ...repeated(agents, (agent) => agent.id, ['agents'], 'id'),
    ...repeated(agents, (agent) => agent.username ?? agent.id, ['agents'], 'username'),
  ];
}
