// An operation as a command to copy: curl with the key, headers and the example of its body. PURE.

interface Asked {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: { readonly example?: unknown };
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: unknown }>>;
  };
}

/** `$URL` and `$KEY` stand for the server and the API key. */
export function curlOf(path: string, method: string, operation: Asked): string {
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => valueIn(name, path));
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name, schema: { example } }) => {
      return `${name}=${encodeURIComponent(typeof example === 'string' ? example : name)}`;
    });
  const url = `"$URL${target}${query.length === 0 ? '' : `?${query.join('&')}`}"`;
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  const lines = [`curl${verb} ${url}`];
  if (/^\/(?:api|metrics)/.test(path)) lines.push('-H "Authorization: Bearer $KEY"');
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type !== undefined) {
    lines.push(`-H 'Content-Type: ${type}'`);
    lines.push(media?.example === undefined ? '--data-binary @file' : dataOf(media.example));
  }
  return lines.join(' \\\n  ');
}

function dataOf(example: unknown): string {
  return `-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`;
}

const VALUES: Readonly<Record<string, string>> = {
  number: '%2B12025550123',
  name: 'carrier',
  language: 'en',
  action: 'pause',
};

function valueIn(name: string, path: string): string {
  if (name === 'id' && path.includes('/agents/')) return 'anna';
  if (name === 'id' && path.includes('/queues/')) return 'support';
  return VALUES[name] ?? '3f0d6b52-8f0a-4c7e-9a31-5b2f6f1c7d10';
}
