// Versions of things (RFC 9110 s.8.8 and s.13): an `ETag` in answers, `If-None-Match` on reads, and
// `If-Match` on changes, which then touch only what the client has seen.
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { ApiError } from './problem.ts';

/** The entity tag of a value as it is shown. */
export function etagOf(shown: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/** Entity tags of a conditional header (RFC 9110 s.8.8.3); weak ones compare as if strong. */
export function tagsIn(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

/**
 * Lets a change pass when there is no `If-Match`, or one that names the version there is.
 * @throws ApiError PRECONDITION_FAILED {current}, with the version there is as `ETag`
 */
export function checkMatch(c: Context, etag: string, facts: { readonly revision?: number } = {}) {
  const asked = c.req.header('If-Match');
  if (asked === undefined || asked.trim() === '*' || tagsIn(asked).includes(etag)) return;
  throw new ApiError('PRECONDITION_FAILED', 'it has changed since the version of If-Match', {
    fields: { ...facts, current: etag },
    headers: { ETag: etag },
    issues: [
      {
        ...{ field: 'If-Match', code: 'NOT_ALLOWED', value: asked.slice(0, 64) },
        message: `is not the version there is, which is ${etag}`,
      },
    ],
  });
}

/** Reads that say no version of their own get one of the JSON they answer; 304 if it is known. */
export function versionedReads(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method !== 'GET' || c.res.status !== 200 || c.res.headers.has('ETag')) return;
    if (c.res.headers.get('Content-Type')?.startsWith('application/json') !== true) return;
    const etag = etagOf(await c.res.clone().text());
    if (!tagsIn(c.req.header('If-None-Match')).includes(etag)) {
      c.res.headers.set('ETag', etag);
      return;
    }
    c.res = new Response(null, { status: 304, headers: { ETag: etag } });
  };
}
