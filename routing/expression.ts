// Skill expressions: `german >= 3 && (sales || vip)`. PURE. A small closed grammar that is parsed,
// never evaluated as code, and compiled once into a chain of number tests:
//   either = both { "||" both }      both = one { "&&" one }
//   one    = "!" one | "(" either ")" | name [ (">=" | ">" | "==" | "!=" | "<=" | "<") level ]
// A name alone means level 1 or above; a skill the agent has not is level 0.
import { badRequest } from '../core/errors.ts';
import type { AgentDefinition } from './model.ts';

/** Whether an agent with these skills will do. */
export type SkillTest = (skills: AgentDefinition['skills']) => boolean;

/** What is wrong with an expression, and the column (from 1) where it is. */
export interface ExpressionFault {
  readonly message: string;
  readonly column: number;
}

const MAX_LENGTH = 500;
const MAX_DEPTH = 20;
const TOKEN = /\s*(?:(&&|\|\||>=|<=|==|!=|[!()<>])|([A-Za-z][A-Za-z0-9_.-]*)|(\d+(?:\.\d+)?))/y;

interface Token {
  readonly text: string;
  readonly kind: 'sign' | 'name' | 'level' | 'end';
  readonly column: number;
}

/** @throws RingbackError ROUTING_CONFIG_INVALID with the message and the column of the fault */
export function compileExpression(text: string): SkillTest {
  const parsed = parseExpression(text);
  if ('test' in parsed) return parsed.test;
  const { message, column } = parsed.fault;
  throw badRequest('ROUTING_CONFIG_INVALID', `skills: ${message} at column ${column}`, {
    field: 'skills',
    column,
  });
}

/** The expression as a test, or what is wrong with it. */
export function parseExpression(
  text: string,
): { readonly test: SkillTest } | { readonly fault: ExpressionFault } {
  if (text.length > MAX_LENGTH) {
    return { fault: { message: `longer than ${MAX_LENGTH} characters`, column: MAX_LENGTH + 1 } };
  }
  try {
    return { test: new Parser(tokensOf(text)).whole() };
  } catch (error) {
    if (error instanceof Fault) return { fault: { message: error.message, column: error.column } };
    throw error;
  }
}

class Fault extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const { length } = text.trimEnd();
  TOKEN.lastIndex = 0;
  for (let at = 0; at < length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (found === null) {
      const odd = at + text.slice(at).search(/\S/u);
      throw new Fault(`unexpected "${text.charAt(odd)}"`, odd + 1);
    }
    const [whole, sign, name] = found;
    const word = whole.trimStart();
    const kind = sign !== undefined ? 'sign' : name !== undefined ? 'name' : 'level';
    tokens.push({ text: word, kind, column: at + whole.length - word.length + 1 });
  }
  tokens.push({ text: 'the end', kind: 'end', column: length + 1 });
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): SkillTest {
    const test = this.#either();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw new Fault(`"${rest.text}" where "&&" or "||" fits`, rest.column);
    return test;
  }

  #either(): SkillTest {
    let test = this.#both();
    while (this.#accept('||')) {
      const left = test;
      const right = this.#both();
      test = (skills) => left(skills) || right(skills);
    }
    return test;
  }

  #both(): SkillTest {
    let test = this.#one();
    while (this.#accept('&&')) {
      const left = test;
      const right = this.#one();
      test = (skills) => left(skills) && right(skills);
    }
    return test;
  }

  #one(): SkillTest {
    const token = this.#peek();
    if (++this.#depth > MAX_DEPTH) throw new Fault('nested too deeply', token.column);
    const test = this.#oneWithin(token);
    this.#depth -= 1;
    return test;
  }

  #oneWithin(token: Token): SkillTest {
    if (this.#accept('!')) {
      const inner = this.#one();
      return (skills) => !inner(skills);
    }
    if (this.#accept('(')) {
      const inner = this.#either();
      const close = this.#peek();
      if (!this.#accept(')')) throw new Fault('")" is missing', close.column);
      return inner;
    }
    if (token.kind !== 'name') {
      throw new Fault(`a skill is missing before ${quoted(token)}`, token.column);
    }
    this.#at += 1;
    return this.#comparison(token.text);
  }

  #comparison(skill: string): SkillTest {
    const sign = this.#peek();
    const compare = sign.kind === 'sign' ? COMPARISONS.get(sign.text) : undefined;
    if (compare === undefined) return (skills) => levelOf(skills, skill) >= 1;
    this.#at += 1;
    const number = this.#peek();
    if (number.kind !== 'level') {
      throw new Fault(`a level is missing after "${sign.text}"`, number.column);
    }
    this.#at += 1;
    const level = Number(number.text);
    return (skills) => compare(levelOf(skills, skill), level);
  }

  #accept(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }
}

const COMPARISONS: ReadonlyMap<string, (has: number, asked: number) => boolean> = new Map([
  ['>=', (has: number, asked: number) => has >= asked],
  ['>', (has: number, asked: number) => has > asked],
  ['==', (has: number, asked: number) => has === asked],
  ['!=', (has: number, asked: number) => has !== asked],
  ['<=', (has: number, asked: number) => has <= asked],
  ['<', (has: number, asked: number) => has < asked],
]);

function levelOf(skills: AgentDefinition['skills'], skill: string): number {
  return Object.hasOwn(skills, skill) ? (skills[skill] ?? 0) : 0;
}

function quoted(token: Token): string {
  return token.kind === 'end' ? token.text : `"${token.text}"`;
}
