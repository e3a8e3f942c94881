// From settings to what each folder is made from. Small pure functions, one for each of them. PURE.
import type { CallbackSettings } from '../../callback/index.ts';
import type { MediaOptions, SpeechOptions } from '../../media/index.ts';
import type { AgentDefinition, QueueDefinition } from '../../routing/index.ts';
import type { SipOptions } from '../../sip/index.ts';
import { toGuard } from './guard.ts';
import { toSlotPlan } from './hours.ts';
import type { Config } from './load.ts';
import { toTransports } from './transports.ts';
import { toTrunkOptions } from './trunk-mapping.ts';
import { toWebRtcOptions } from './webrtc.ts';

/** @param controlSecret of the drachtio control protocol, fresh for every start */
export function toSipOptions(config: Config, controlSecret: string): SipOptions {
  const { sip } = config;
  const trunks = sip.trunks.map((trunk) => toTrunkOptions(trunk, config));
  return {
    engine: {
      listen: sip.listen.map((listen) => ({ ...listen, host: listen.host ?? config.host })),
      ...toHepOptions(config),
      externalHost: sip.externalHost,
      control: { host: '127.0.0.1', port: 0, secret: controlSecret },
      timers: sip.timers,
      ...toTransports(sip),
      trace: sip.trace,
      ...toGuard(sip.guard, trunks, `${config.dataDir}/sip-bans.json`),
    },
    engineInWorker: true,
    trunks,
    trunkGroups: sip.trunkGroups,
    registrar: { ...sip.registrar, realm: sip.realm },
    maxCalls: sip.maxCalls,
  };
}

function toHepOptions({ sip, secrets }: Config): Pick<SipOptions['engine'], 'hep'> {
  const { host, port, captureId, passwordEnv } = sip.hep;
  if (host === null) return {};
  const password = passwordEnv === null ? null : secrets.get(passwordEnv);
  return { hep: { host, port, captureId, password } };
}

/** Where another engine is that takes the place of ours; null: there is none. */
export function toExternalEngine({
  sip,
  secrets,
}: Config): { readonly host: string; readonly port: number; readonly secret: string } | null {
  const { host, port, secretEnv } = sip.drachtio;
  return host === null || secretEnv === null
    ? null
    : { host, port, secret: secrets.get(secretEnv) };
}

/**
 * @param processors how many this machine offers (`os.availableParallelism()`)
 * @param workerFile the mediasoup-worker program, for browsers; null: there is none
 */
export function toMediaOptions(
  config: Config,
  processors: number,
  workerFile: string | null = null,
): MediaOptions {
  const { media } = config;
  return {
    host: media.host ?? config.host,
    announcedHost: media.announcedHost,
    portMin: media.portMin,
    portMax: media.portMax,
    workers: media.workers ?? Math.max(1, processors - 1),
    maxTickLateMs: media.maxTickLateMs,
    sockets: media.sockets,
    portRestMs: media.portRestSeconds * 1_000,
    codecs: media.codecs,
    recordingsDir: `${config.dataDir}/recordings`,
    cpd: media.cpd,
    webRtc: toWebRtcOptions(config, workerFile),
  };
}

export function toQueueDefinitions(config: Config): readonly QueueDefinition[] {
  return config.queues.map((queue) => ({
    queueId: queue.id,
    displayName: queue.displayName ?? queue.id,
    requiredSkills: queue.requiredSkills,
    wrapUpSeconds: queue.wrapUpSeconds,
    agentRingTimeoutSeconds: queue.agentRingTimeoutSeconds,
    reservationTimeoutSeconds: queue.reservationTimeoutSeconds,
    skills: queue.skills,
    targets: queue.targets.map((target) => ({
      skills: target.skills,
      queueId: target.queue,
      afterSeconds: target.afterSeconds,
      waitAboveSeconds: target.whenWaitAboveSeconds,
      waitingAbove: target.whenWaitingAbove,
      agentsBelow: target.whenAgentsBelow,
    })),
    waitMethod: queue.waitMethod,
  }));
}

/** Queues, agents and pacing, as the router is made from. */
export function toRouterOptions(config: Config): {
  readonly queues: readonly QueueDefinition[];
  readonly agents: readonly AgentDefinition[];
  readonly pacing: Config['pacing'];
} {
  return {
    queues: toQueueDefinitions(config),
    agents: toAgentDefinitions(config),
    pacing: config.pacing,
  };
}

export function toAgentDefinitions(config: Config): readonly AgentDefinition[] {
  return config.agents.map((agent) => ({
    agentId: agent.id,
    displayName: agent.displayName ?? agent.id,
    username: agent.username ?? agent.id,
    skills: agent.skills,
  }));
}

export function toCallbackSettings(config: Config): readonly CallbackSettings[] {
  return config.queues.map(({ id, callback, recording }) => {
    const { maxScheduleAheadSeconds: _checkedByTheApi, ...settings } = callback;
    const slots = toSlotPlan(settings.slots);
    const record = settings.record || recording.enabled;
    return { queueId: id, ...settings, slots, record };
  });
}

export function toSpeechOptions({ dataDir, media: { speech } }: Config): SpeechOptions {
  return {
    program: speech.engine === 'none' ? null : speech.program,
    voices: speech.voices,
    cacheDir: `${dataDir}/speech`,
    maxCacheBytes: speech.cacheMegabytes * 1_000_000,
    timeoutMs: speech.timeoutSeconds * 1_000,
  };
}

/** Which queue a call to this user or number waits in. */
export function queueOfCalled(config: Config): ReadonlyMap<string, string> {
  return new Map(
    config.queues.flatMap((queue) => queue.numbers.map((number) => [number, queue.id] as const)),
  );
}
