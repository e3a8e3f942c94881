// What a person who starts Ringback is told: where it listens, where its data is, what is next.
import type { ListenAddress } from '../sip/index.ts';
import { AGENT_PASSWORDS_FOLDER } from './agent-passwords.ts';
import type { Config } from './config.ts';

export interface Started {
  readonly config: Config;
  readonly sipListening: readonly ListenAddress[];
  /** `http://127.0.0.1:8080`. */
  readonly httpUrl: string;
  /** File of the generated API key; null when the configuration names keys. */
  readonly keyFile: string | null;
  /** The key, at the start that made it. */
  readonly newKey: string | null;
}

/** The whole text, with a line break at its end. Shows the API key only when it is new. */
export function startBanner(started: Started): string {
  const { config, httpUrl } = started;
  const lines = [
    'Ringback is running.',
    '',
    `  SIP     ${started.sipListening.map(addressText).join(', ')}`,
    `  HTTP    ${httpUrl}`,
    `  Docs    ${httpUrl}/docs`,
    `  Data    ${config.dataDir}`,
    `  Config  ${config.source ?? 'defaults (no file); ringback.example.yaml shows what there is'}`,
    ...keyLines(started),
    ...phoneLines(config),
    ...hintLines(config),
    '',
    'A first callback:',
    '',
    ...curlLines(started),
    '',
  ];
  return lines.join('\n');
}

function addressText({ protocol, host, port }: ListenAddress): string {
  return `${protocol} ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function keyLines({ keyFile, newKey, config }: Started): string[] {
  if (keyFile === null) {
    return [`  Keys    ${Object.keys(config.http.apiKeys).join(', ')} (from the environment)`];
  }
  if (newKey === null) return [`  Key     in ${keyFile}`];
  return [
    `  Key     ${newKey}`,
    `          made just now and kept in ${keyFile} (owner only); it is not shown again.`,
    '          Name your own keys under http.apiKeys to replace it.',
  ];
}

/** Where the SIP passwords are that were made here. */
function phoneLines({ agents, dataDir }: Config): string[] {
  const made = agents.filter((agent) => agent.passwordEnv === null);
  if (made.length === 0) return [];
  return [`  Phones  SIP passwords in ${dataDir}/${AGENT_PASSWORDS_FOLDER}/<agent id>`];
}

/** What is still missing for a callback to reach somebody. */
function hintLines({ sip, host, agents }: Config): string[] {
  const hints: string[] = [];
  if (sip.trunks.length === 0) {
    hints.push('No trunk is configured: customers cannot be called yet (sip.trunks).');
  }
  if (agents.length === 0) {
    hints.push('The configuration has no agents: POST /api/v1/agents makes them.');
  }
  if (sip.listen.every((listen) => (listen.host ?? host).startsWith('127.'))) {
    hints.push('Only this machine can reach SIP: set `host` to let telephones in.');
  }
  return hints.length === 0 ? [] : ['', ...hints];
}

function curlLines({ config, httpUrl, keyFile }: Started): string[] {
  const [queue] = config.queues;
  const [variable] = Object.values(config.http.apiKeys);
  const key = keyFile === null ? `$${variable ?? 'KEY'}` : `$(cat ${keyFile})`;
  const body = JSON.stringify({ queueId: queue?.id, customerNumber: '+12025550123' });
  return [
    `  curl -X POST ${httpUrl}/api/v1/callbacks \\`,
    `    -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' \\`,
    `    -d '${body}'`,
  ];
}
