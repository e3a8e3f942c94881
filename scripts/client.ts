// npm run client: writes api/client/types.ts, the types of the TypeScript client, from the API's
// own description. No server is needed. `--check` only says whether the file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { createWorld } from '../test/api/fakes.ts';

export const TYPES_FILE = 'api/client/types.ts';

const HEAD = `// Made by \`npm run client\` from the description of the API (/openapi.json): the
// types of every path, body and answer. Not to be edited.

`;

/** The description as the server gives it. */
export async function apiDescription(): Promise<OpenAPI3> {
  const world = createWorld();
  try {
    return (await (await world.app.request('/openapi.json')).json()) as OpenAPI3;
  } finally {
    world.close();
  }
}

/** What the file must be. */
export async function clientTypes(): Promise<string> {
  const description = withoutExamples(await apiDescription());
  // What has a default may be left out of a request.
  return HEAD + astToString(await openapiTS(description, { defaultNonNullable: false }));
}

/** Examples would be four of five lines. */
function withoutExamples(description: OpenAPI3): OpenAPI3 {
  const text = JSON.stringify(description, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('schema' in value)) return value;
    return { ...value, example: undefined };
  });
  return JSON.parse(text) as OpenAPI3;
}

if (import.meta.main) {
  const types = await clientTypes();
  if (types === readFileSync(TYPES_FILE, 'utf8')) console.log(`${TYPES_FILE} is up to date`);
  else if (process.argv.includes('--check')) {
    console.log(`stale: ${TYPES_FILE}; run npm run client`);
    process.exitCode = 1;
  } else {
    writeFileSync(TYPES_FILE, types);
    console.log(`wrote: ${TYPES_FILE}`);
  }
}
