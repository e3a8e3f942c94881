// Secrets of the configuration, found in the environment under the names that the file gives. They
// stay in this holder, which shows nothing when it is printed, logged or turned into JSON.
import type { ConfigIssue, Path } from './issues.ts';
import type { Settings } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values by the name of their environment variable. */
export class Secrets {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** The secret of an environment variable that the configuration names. */
  get(environmentName: string): string {
    const value = this.#values.get(environmentName);
    if (value === undefined) throw new Error(`no secret was read from ${environmentName}`);
    return value;
  }

  /** These and others; where both have one, the other's. */
  and(other: Secrets): Secrets {
    return new Secrets(new Map([...this.#values, ...other.#values]));
  }

  toJSON(): string {
    return '[redacted]';
  }
}

interface SecretUse {
  readonly environmentName: string;
  readonly path: Path;
  readonly minLength: number;
}

/** Reads every secret the settings name; what is missing or too short is an issue with its path. */
export function readSecrets(
  settings: Settings,
  environment: Environment,
): { readonly secrets: Secrets; readonly issues: readonly ConfigIssue[] } {
  const values = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  for (const { environmentName, path, minLength } of usesOf(settings)) {
    const value = environment[environmentName] ?? '';
    if (value.length >= minLength) {
      values.set(environmentName, value);
      continue;
    }
    const fault = value === '' ? 'is not set' : `has fewer than ${minLength} characters`;
    issues.push({
      path,
      message: `names the environment variable ${environmentName}, which ${fault}`,
    });
  }
  return { secrets: new Secrets(values), issues };
}

function usesOf(settings: Settings): SecretUse[] {
  const keys = Object.entries(settings.http.apiKeys).map(([name, environmentName]) => ({
    environmentName,
    path: ['http', 'apiKeys', name],
    minLength: 16,
  }));
  const keysWithRoles = settings.http.keys.map(({ keyEnv }, index) => ({
    environmentName: keyEnv,
    path: ['http', 'keys', index, 'keyEnv'],
    minLength: 16,
  }));
  const trunks = settings.sip.trunks.map(({ passwordEnv }, index) => ({
    environmentName: passwordEnv,
    path: ['sip', 'trunks', index, 'passwordEnv'],
    minLength: 1,
  }));
  const agents = settings.agents.map(({ passwordEnv }, index) => ({
    environmentName: passwordEnv,
    path: ['agents', index, 'passwordEnv'],
    minLength: 8,
  }));
  const { hep, drachtio } = settings.sip;
  const others = [
    {
      environmentName: settings.http.publicCallbacks?.secretEnv ?? null,
      path: ['http', 'publicCallbacks', 'secretEnv'],
      minLength: 1,
    },
    {
      environmentName: hep.host === null ? null : hep.passwordEnv,
      path: ['sip', 'hep', 'passwordEnv'],
      minLength: 1,
    },
    {
      environmentName: drachtio.host === null ? null : drachtio.secretEnv,
      path: ['sip', 'drachtio', 'secretEnv'],
      minLength: 1,
    },
    {
      environmentName: settings.push.webPush.privateKeyEnv,
      path: ['push', 'webPush', 'privateKeyEnv'],
      minLength: 16,
    },
  ];
  return [...keys, ...keysWithRoles, ...trunks, ...agents, ...others].flatMap((use) =>
    use.environmentName === null ? [] : [{ ...use, environmentName: use.environmentName }],
  );
}
