// What the page asks of the server: who is logged in, ready or not. Every answer is the agent.

/** A refusal, with the server's words and its stable code. */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem?.detail ?? `the server answered ${status}`);
    this.code = problem?.code ?? 'UNKNOWN';
  }
}

async function ask(method, path, { token, body } = {}) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(answer, response.status);
  return answer;
}

export class Desk {
  #token;

  constructor(token) {
    this.#token = token;
  }

  /** @returns {Promise<{ desk: Desk, agent: object, sip: object }>} */
  static async logIn(agentId, password) {
    const { token, agent, sip } = await ask('POST', 'session', { body: { agentId, password } });
    return { desk: new Desk(token), agent, sip };
  }

  agent() {
    return ask('GET', 'session/agent', { token: this.#token });
  }

  ready() {
    return ask('POST', 'session/ready', { token: this.#token });
  }

  notReady(reason) {
    return ask('POST', 'session/not-ready', { token: this.#token, body: { reason } });
  }

  logOut() {
    return ask('POST', 'session/logout', { token: this.#token });
  }
}
