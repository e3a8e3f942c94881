// Tokens of an issuer: a stand-in of one on the loopback network that changes its keys, goes away
// and signs what it should not.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { bodyOf, createWorld, type World } from '../fakes.ts';

interface Issuer {
  readonly url: string;
  readonly asked: () => number;
  /** Publishes a key and signs with it from now on. */
  rotate(alg: 'RS256' | 'ES256' | 'EdDSA', kid: string): Promise<void>;
  publish(keys: readonly JWK[]): void;
  token(claims?: Record<string, unknown>, header?: Record<string, string>): Promise<string>;
  sign(jwt: SignJWT, alg?: string): Promise<string>;
  stop(): Promise<void>;
}

async function issuer(t: TestContext, nowMs: number): Promise<Issuer> {
  let keys: readonly JWK[] = [];
  let signing: { key: CryptoKey; alg: string; kid: string } | null = null;
  let asked = 0;
  const server: Server = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
      return;
    }
    asked++;
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  t.after(stop);
  const sign = (jwt: SignJWT, alg?: string): Promise<string> => {
    if (signing === null) throw new Error('there is no key yet');
    return jwt.setProtectedHeader({ alg: alg ?? signing.alg, kid: signing.kid }).sign(signing.key);
  };
  const at = Math.floor(nowMs / 1_000);
  return {
    ...{ url, sign, stop, asked: () => asked },
    publish: (published) => void (keys = published),
    async rotate(alg, kid) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      keys = [{ ...(await exportJWK(publicKey)), alg, kid, use: 'sig' }];
      signing = { key: privateKey, alg, kid };
    },
    token: (claims = {}) =>
      sign(
        new SignJWT({
          ...{ iss: url, aud: 'ringback', sub: 'anna', iat: at, exp: at + 60 },
          ...claims,
        }),
      ),
  };
}

function worldOf(url: string, more = ''): World {
  return createWorld(
    `{ http: { oidc: { issuer: "${url}", audience: ringback, cooldownSeconds: 0${more} } } }`,
  );
}

const NOW_MS = createWorld().clock.nowMs();

async function tried(world: World, token: string, path = '/api/v1/queues') {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await world.ask('GET', path, undefined, headers);
  const challenge = answer.headers.get('WWW-Authenticate') ?? '';
  const retryAfter = answer.headers.get('Retry-After');
  return { status: answer.status, code: (await bodyOf(answer))['code'], challenge, retryAfter };
}

test('a token has the roles of its claim, by each algorithm, and keys may change', async (t) => {
  const from = await issuer(t, NOW_MS);
  const world = worldOf(from.url);
  for (const [kid, alg] of ['RS256', 'ES256', 'EdDSA'].entries()) {
    await from.rotate(alg as 'RS256', `k${kid}`);
    const reads = await from.token({ roles: ['monitor', 'nonsense'] });
    assert.equal((await tried(world, reads)).status, 200, alg);
    assert.deepEqual((await tried(world, reads, '/api/v1/keys')).code, 'ACCESS_DENIED');
    const nothing = await from.token();
    assert.equal((await tried(world, nothing)).status, 403);
  }
  const before = from.asked();
  await tried(world, await from.token({ roles: 'monitor' }));
  assert.equal(from.asked(), before, 'known keys are not asked for again');
});

test('mapped roles, roles inside objects, lines of business and agents', async (t) => {
  const from = await issuer(t, NOW_MS);
  await from.rotate('ES256', 'k');
  const world = createWorld(`
queues: [{ id: support, lineOfBusiness: care }]
http:
  oidc:
    issuer: ${from.url}
    audience: ringback
    rolesClaim: realm_access.roles
    roles: { boss: [administrator], staff: [agent] }
    linesOfBusinessClaim: lines`);
  world.router.queueNames = ['support', 'sales'];
  world.router.putAgent({ agentId: 'anna', displayName: 'a', username: 'anna', skills: {} });
  const boss = { realm_access: { roles: ['boss', 'administrator'] } };
  const queues = async (claims: object): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${await from.token({ ...claims })}` };
    const answer = await bodyOf(await world.ask('GET', '/api/v1/queues', undefined, headers));
    return (answer['items'] as { queueId: string }[] | undefined)?.map(({ queueId }) => queueId);
  };
  assert.deepEqual(await queues({ ...boss, lines: ['care'] }), ['support']);
  assert.deepEqual(await queues(boss), []);
  const named = await from.token({ realm_access: { roles: ['administrator'] }, lines: 'care' });
  assert.equal((await tried(world, named)).status, 403, 'names of roles mean nothing when mapped');
  const staff = { realm_access: { roles: ['staff'] }, lines: 'care', agent_id: 'anna' };
  assert.equal((await tried(world, await from.token(staff), '/api/v1/agents/anna')).status, 200);
  assert.equal((await tried(world, await from.token(staff), '/api/v1/agents/ben')).status, 403);
});

test('what is not a token of this issuer for this API is 401', async (t) => {
  const from = await issuer(t, NOW_MS);
  await from.rotate('ES256', 'k');
  const world = worldOf(from.url);
  const at = Math.floor(NOW_MS / 1_000);
  const roles = ['administrator'];
  const claims = { iss: from.url, aud: 'ringback', sub: 'anna', exp: at + 60, roles };
  const shared = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k' });
  const other = await generateKeyPair('ES256');
  const forged = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' });
  const ps = await generateKeyPair('PS256');
  const good = await from.token({ roles });
  const refused: readonly (readonly [string, string])[] = [
    ['audience', await from.token({ roles, aud: 'another' })],
    ['issuer', await from.token({ roles, iss: 'https://other.example.com' })],
    ['not yet', await from.token({ roles, nbf: at + 60 })],
    ['no subject', await from.token({ roles, sub: undefined })],
    ['no end', await from.token({ roles, exp: undefined })],
    ['none', new UnsecuredJWT(claims).encode()],
    ['shared secret', await shared.sign(new TextEncoder().encode('k'.repeat(32)))],
    ['another key', await forged.sign(other.privateKey)],
    ['PS256', await new SignJWT(claims).setProtectedHeader({ alg: 'PS256' }).sign(ps.privateKey)],
    ['changed', `${good.slice(0, -4)}AAAA`],
    ['long', `${good.split('.')[0]}.${'a'.repeat(9_000)}.a`],
  ];
  for (const [what, token] of refused) {
    const { status, code, challenge } = await tried(world, token);
    assert.deepEqual([status, code], [401, 'TOKEN_INVALID'], what);
    assert.match(challenge, /^Bearer realm="ringback", error="invalid_token"/, what);
  }
  const expired = await tried(world, await from.token({ roles, exp: at - 11 }));
  assert.deepEqual([expired.status, expired.code], [401, 'TOKEN_EXPIRED']);
  assert.equal((await tried(world, await from.token({ roles, exp: at - 9 }))).status, 200);
});

test('an issuer that does not answer is 503 with a hint, until it does', async (t) => {
  const from = await issuer(t, NOW_MS);
  await from.rotate('ES256', 'k');
  const gone = worldOf('http://127.0.0.1:1');
  const { status, code, retryAfter } = await tried(gone, await from.token());
  assert.deepEqual([status, code, retryAfter], [503, 'OIDC_UNREACHABLE', '5']);
  assert.equal((await gone.ask('GET', '/api/v1/queues')).status, 200, 'keys work meanwhile');
  const keyless = worldOf(from.url, `, jwksUri: "http://127.0.0.1:1/keys"`);
  assert.equal((await tried(keyless, await from.token())).code, 'OIDC_UNREACHABLE');
  const world = worldOf(from.url);
  const token = await from.token({ roles: ['monitor'] });
  assert.equal((await tried(world, token)).status, 200);
  await from.stop();
  assert.equal((await tried(world, token)).status, 200, 'its keys are remembered');
});

test('without an issuer tokens are nothing', async (t) => {
  const from = await issuer(t, NOW_MS);
  await from.rotate('ES256', 'k');
  const token = await from.token({ roles: ['administrator'] });
  assert.equal((await tried(createWorld(), token)).code, 'API_KEY_INVALID');
});
