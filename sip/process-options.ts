// What the engine as a process of its own is told: the section `engine` of its YAML file, or a few
// flags. Secrets come from the environment only. Knows nothing of the server's configuration.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { badRequest } from '../core/errors.ts';
import { engineSchema, toEngineParts, type EngineSection } from './process-schema.ts';
import type { EngineOptions } from './types.ts';

export const USAGE = `Usage: ringback-sip --config FILE.yaml
       ringback-sip --listen udp/192.0.2.10:5060 [--listen tcp/...] [--control 127.0.0.1:9022]

  --config FILE       the section \`engine\` of this file; flags replace what it says
  --listen ADDRESS    protocol/host:port for SIP, again for more; port 0 takes any free one
  --external-host H   name or address for Via, Contact and Record-Route (behind a NAT)
  --control ADDRESS   host:port for applications (default 127.0.0.1:9022)
  --secret-env NAME   environment variable with the control secret (RINGBACK_SIP_SECRET)
  --help              this text
`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options from command line, file and environment; null: show the usage.
 * @throws RingbackError SIP_PROCESS_OPTIONS_INVALID with a line for each fault
 */
export function readProcessOptions(
  args: readonly string[],
  environment: Environment,
): EngineOptions | null {
  const flags = readFlags(args);
  if (flags.help) return null;
  const parsed = engineSchema.safeParse({ ...readSection(flags.config), ...sectionOf(flags) });
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `engine.${path.map(String).join('.')}: ${message}`,
    );
    throw invalid(faults.join('\n  '));
  }
  const { listen, externalHost, handlers, timers, trace, control, hep } = parsed.data;
  const { secretEnv, ...address } = control;
  return {
    ...{ listen, externalHost, handlers, timers, trace },
    ...toEngineParts(parsed.data),
    control: { ...address, secret: secretFrom(environment, secretEnv) },
    ...(hep === null ? {} : { hep: hepOf(hep, environment) }),
  };
}

function hepOf(
  { passwordEnv, ...hep }: NonNullable<EngineSection['hep']>,
  environment: Environment,
): NonNullable<EngineOptions['hep']> {
  return { ...hep, password: passwordEnv === null ? null : secretFrom(environment, passwordEnv) };
}

interface Flags {
  readonly config: string | undefined;
  readonly listen: readonly string[] | undefined;
  readonly control: string | undefined;
  readonly secretEnv: string | undefined;
  readonly externalHost: string | undefined;
  readonly help: boolean;
}

function readFlags(args: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        listen: { type: 'string', multiple: true },
        control: { type: 'string' },
        'secret-env': { type: 'string' },
        'external-host': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      ...{ config: values.config, listen: values.listen, control: values.control },
      ...{ secretEnv: values['secret-env'], externalHost: values['external-host'] },
      help: values.help,
    };
  } catch (error) {
    throw invalid(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

/** The flags as the section would say them. */
function sectionOf({ listen, control, secretEnv, externalHost }: Flags): Record<string, unknown> {
  const controlFlags = {
    ...(control === undefined ? {} : hostPort(control)),
    ...(secretEnv === undefined ? {} : { secretEnv }),
  };
  return {
    ...(listen === undefined ? {} : { listen: listen.map(listenAddress) }),
    ...(externalHost === undefined ? {} : { externalHost }),
    ...(Object.keys(controlFlags).length === 0 ? {} : { control: controlFlags }),
  };
}

function listenAddress(text: string): Record<string, unknown> {
  const slash = text.indexOf('/');
  return { protocol: text.slice(0, Math.max(0, slash)), ...hostPort(text.slice(slash + 1)) };
}

function hostPort(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  const name = text.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, '');
  const digits = text.slice(colon + 1);
  return { host: name, port: /^\d+$/.test(digits) ? Number(digits) : Number.NaN };
}

function readSection(path: string | undefined): Record<string, unknown> {
  if (path === undefined) return {};
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
  } catch (error) {
    throw invalid(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const file = z.strictObject({ engine: z.record(z.string(), z.unknown()) }).safeParse(document);
  if (!file.success) throw invalid(`${path}: must hold one section, \`engine\``);
  return file.data.engine;
}

function secretFrom(environment: Environment, name: string): string {
  const secret = environment[name] ?? '';
  // The protocol cuts lines at bars and ends them at CR LF.
  if (secret === '' || /[|\r\n]/.test(secret)) {
    throw invalid(`the environment variable ${name} must be set, without "|" and line ends`);
  }
  return secret;
}

function invalid(why: string): Error {
  return badRequest('SIP_PROCESS_OPTIONS_INVALID', why);
}
