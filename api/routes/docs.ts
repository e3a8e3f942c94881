// /openapi.json, and /docs: the same as plain pages that need nothing from anywhere else.
import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { completed, type Describable } from '../description/conventions.ts';
import { errorsPage, referencePage, SEARCH_SCRIPT, type ApiDocument } from '../docs-page.ts';

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'Ringback API',
    version: '1.0.0',
    description:
      'Callbacks, agents, queues and live calls. Every route under /api and /metrics needs an ' +
      'API key (`Authorization: Bearer <key>`). Errors are problem details (RFC 9457) with a ' +
      'stable `code`; unknown fields and query parameters are refused by name.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ apiKey: [] }],
  tags: [
    { name: 'Callbacks', description: 'Promises to call customers back.' },
    { name: 'Chats', description: 'Text chats, in the same line as callers and callbacks.' },
    { name: 'Agents', description: 'Who takes interactions.' },
    { name: 'Users', description: 'Who may register a telephone, and who has.' },
    { name: 'Queues', description: 'Who waits, and for how long.' },
    { name: 'Trunks', description: 'The ways to the telephone network, and how they are.' },
    { name: 'Calls', description: 'Who is on the line.' },
    { name: 'Prompts', description: 'What the site itself has recorded.' },
    { name: 'Recordings', description: 'What was said, kept as sound.' },
    { name: 'System', description: 'How the installation is, and who is kept out.' },
    { name: 'Reports', description: 'What became of the callbacks of a time span.' },
    { name: 'People', description: 'Everything about one person, told and erased.' },
    { name: 'Events', description: 'Everything as it happens.' },
    { name: 'Access', description: 'Who may use the API, and who did what.' },
    { name: 'Webhooks', description: 'Events sent to URLs of yours.' },
    { name: 'Health', description: 'For those who keep the process running.' },
  ],
};

const SCRIPT_HASH = createHash('sha256').update(SEARCH_SCRIPT).digest('base64');

/** Pages may carry their own style sheet and the one script that searches; they load nothing. */
const PAGE_HEADERS = {
  'Content-Security-Policy':
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'; ` +
    "frame-ancestors 'none'; base-uri 'none'",
  'Cache-Control': 'no-cache',
};

/** Called last: what is registered until now is described. */
export function docsRoutes(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of `http.apiKeys`, or the one in `dataDir`/api-key.',
  });
  const document = completed(
    app.getOpenAPI31Document(ABOUT) as unknown as ApiDocument & Describable,
  );
  const page = referencePage(document);
  const open = permit('open');
  app.get('/openapi.json', open, (c) => c.json(document, 200, { 'Cache-Control': 'no-cache' }));
  app.get('/docs', open, (c) => c.html(page, 200, PAGE_HEADERS));
  app.get('/docs/errors', open, (c) => c.html(errorsPage(), 200, PAGE_HEADERS));
}
