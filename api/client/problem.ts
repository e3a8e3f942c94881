// What the client throws: a refusal of the server as its problem details (RFC 9457), typed.
import type { components } from './types.ts';

export type Problem = components['schemas']['Problem'];

/** The server refused; `problem` says what is wrong and what to do about it. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable, see docs/reference/errors.md; `HTTP_<status>`: no problem details came. */
  readonly code: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** The error for an answer that is no success; of a stranger's answer as much as it says. */
export async function problemIn(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ApiProblem(body);
  const { status, statusText } = response;
  return new ApiProblem({
    type: 'about:blank',
    title: statusText === '' ? 'No problem details' : statusText,
    status,
    detail: `answered ${status} without problem details`,
    remedy: 'Check that the URL is that of a Ringback server, and what stands in between.',
    code: `HTTP_${status}`,
    requestId: response.headers.get('x-request-id') ?? '',
  });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  return 'code' in body && 'status' in body && 'title' in body && 'detail' in body;
}
