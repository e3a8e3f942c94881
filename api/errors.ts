// The catalogue of every error code a user can meet: docs/reference/errors.md and /docs/errors are
// made from it, and a test holds it against the codes that the source really uses.
import { CALLBACK_ERRORS, CHAT_ERRORS, ROUTING_ERRORS } from './errors/product.ts';
import { API_ERRORS, START_ERRORS } from './errors/api.ts';
import { CALL_IN_ERRORS } from './errors/call-in.ts';
import { GENESYS_ERRORS } from './errors/genesys.ts';
import { NOTIFY_ERRORS } from './errors/notify.ts';
import { MEDIA_ERRORS, SIP_ERRORS } from './errors/telephony.ts';
import type { ErrorEntry } from './errors/entry.ts';

export type { ErrorEntry } from './errors/entry.ts';

/** Sections of the catalogue, in the order of the page. */
export const errorSections: readonly {
  readonly title: string;
  readonly entries: readonly ErrorEntry[];
}[] = [
  { title: 'Requests to the API', entries: API_ERRORS },
  { title: 'Callbacks', entries: CALLBACK_ERRORS },
  { title: 'Chats', entries: CHAT_ERRORS },
  { title: 'Customers who call in', entries: CALL_IN_ERRORS },
  { title: 'Agents and queues', entries: ROUTING_ERRORS },
  { title: 'Events, webhooks and push', entries: NOTIFY_ERRORS },
  { title: 'SIP', entries: SIP_ERRORS },
  { title: 'Media', entries: MEDIA_ERRORS },
  { title: 'The Genesys-compatible face', entries: GENESYS_ERRORS },
  { title: 'Start', entries: START_ERRORS },
];

const byCode = new Map(
  errorSections.flatMap((section) => section.entries.map((entry) => [entry.code, entry] as const)),
);

/** Every known code. */
export function errorCodes(): readonly string[] {
  return [...byCode.keys()];
}

/** What is known about a code; an unlisted one is a fault of ours and described as such. */
export function errorEntry(code: string): ErrorEntry {
  const known = byCode.get(code);
  if (known !== undefined) return known;
  return { code, status: 500, retryable: false, title: 'Internal error', help: '' };
}

/** docs/reference/errors.md. */
export function errorsMarkdown(): string {
  const sections = errorSections.map(({ title, entries }) =>
    [
      `## ${title}`,
      '',
      '| code | status | try again | meaning | what to do |',
      '| --- | --- | --- | --- | --- |',
      ...entries.map(markdownRow),
    ].join('\n'),
  );
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

function markdownRow({ code, status, retryable, title, help }: ErrorEntry): string {
  const again = retryable ? 'yes' : 'no';
  return `| <a id="${code}"></a>\`${code}\` | ${status} | ${again} | ${title} | ${help} |`;
}

const INTRODUCTION = `# Errors

<!-- Made by \`node scripts/docs.ts\` from api/errors/*.ts. Edit the entries there. -->

Every error has a stable code. Over HTTP it comes as problem details (RFC 9457,
\`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`,
\`requestId\`, the facts in \`fields\` and, for requests that were refused, one entry in \`errors\`
for each wrong field: its \`field\`, a JSON \`pointer\` into the body, a \`code\` and a \`message\`.
"Try again" says whether the same request may succeed later without a change; \`Retry-After\` then
says when.

Codes of \`errors[]\`: \`UNKNOWN_FIELD\`, \`REQUIRED\`, \`WRONG_TYPE\`, \`OUT_OF_RANGE\`,
\`NOT_ALLOWED\`.
`;
