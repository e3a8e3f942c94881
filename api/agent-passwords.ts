// SIP passwords of the configured agents: from the environment, or made here and kept.
import { join } from 'node:path';
import type { Config } from './config.ts';
import { keptSecret } from './secret-file.ts';

export interface SubscriberSecret {
  readonly username: string;
  readonly password: string;
}

/** Folder under `dataDir` with one file for each agent whose password was made here. */
export const AGENT_PASSWORDS_FOLDER = 'agent-passwords';

/** 144 random bits: 24 characters, few enough to be typed into a telephone. */
const PASSWORD_BYTES = 18;

/** @throws ApiError DATA_DIR_UNUSABLE, DATA_FILE_BROKEN */
export function toSubscribers(config: Config): readonly SubscriberSecret[] {
  return config.agents.map(({ id, username, passwordEnv }) => ({
    username: username ?? id,
    password: passwordEnv === null ? keptPassword(config, id) : config.secrets.get(passwordEnv),
  }));
}

function keptPassword(config: Config, agentId: string): string {
  const path = join(config.dataDir, AGENT_PASSWORDS_FOLDER, agentId);
  return keptSecret(path, '', PASSWORD_BYTES).secret;
}
