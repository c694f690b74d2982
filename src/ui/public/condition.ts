/**
 * The conditions of config.schema.json, which the Homebridge UI evaluates as JavaScript. Here they are read:
 * a page that evaluates texts could be made to evaluate any. Understood is what the schema needs: one `const`,
 * paths with `?.` and indices, comparisons, `!`, `&&`, `||`, `??`, lists, `.includes()` and `Boolean()`.
 */
export interface Scope {
  readonly model: unknown;
  /** The place in each list that a setting stands in, the outermost first. */
  readonly arrayIndices: readonly number[];
}

export type Condition = (scope: Scope) => boolean;

type Values = Readonly<Record<string, unknown>>;
type Expression = (values: Values) => unknown;

/** @throws Error for anything that is not understood, which a test of the schema would find. */
export function readCondition(body: string): Condition {
  const match = /^\s*(?:const\s+(\w+)\s*=\s*([^;]+);)?\s*return\s+([^;]+);?\s*$/.exec(body);
  if (!match) throw new Error(`a condition that is not understood: ${body}`);
  const [, name, initial, result = ''] = match;
  const first = initial === undefined ? undefined : new Parser(initial).whole();
  const last = new Parser(result).whole();
  return ({ model, arrayIndices }) => {
    const values: Values = { model, arrayIndices };
    const all = name !== undefined && first ? { ...values, [name]: first(values) } : values;
    return Boolean(last(all));
  };
}

const TOKEN = /\s*(===|!==|>=|<=|&&|\|\||\?\?|\?\.|[![\]().,<>]|'[^']*'|\d+(?:\.\d+)?|[A-Za-z_]\w*)/y;

const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  '>': (a, b) => Number(a) > Number(b),
  '<': (a, b) => Number(a) < Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
};

/** Recursive descent, by the precedence of JavaScript. */
class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw new Error(`not understood: ${text.slice(at)}`);
      tokens.push(token);
    }
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#either();
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return expression;
  }

  /** `||` and `??`, which JavaScript does not let stand side by side without brackets. */
  #either(): Expression {
    let left = this.#both();
    for (;;) {
      const before = left;
      if (this.#take('||')) {
        const right = this.#both();
        left = (values) => Boolean(before(values)) || right(values);
      } else if (this.#take('??')) {
        const right = this.#both();
        left = (values) => before(values) ?? right(values);
      } else return left;
    }
  }

  #both(): Expression {
    let left = this.#comparison();
    while (this.#take('&&')) {
      const before = left;
      const right = this.#comparison();
      left = (values) => before(values) && right(values);
    }
    return left;
  }

  #comparison(): Expression {
    const left = this.#unary();
    const compare = COMPARISONS[this.#peek() ?? ''];
    if (!compare) return left;
    this.#at++;
    const right = this.#unary();
    return (values) => compare(left(values), right(values));
  }

  #unary(): Expression {
    if (!this.#take('!')) return this.#path();
    const inner = this.#unary();
    return (values) => !inner(values);
  }

  #path(): Expression {
    let value = this.#primary();
    for (;;) {
      const before = value;
      if (this.#take('[')) value = this.#indexed(before);
      else if (this.#take('?.') || this.#take('.')) {
        if (this.#take('[')) value = this.#indexed(before);
        else value = this.#named(before, this.#next());
      } else return value;
    }
  }

  #indexed(before: Expression): Expression {
    const index = this.#either();
    this.#expect(']');
    return (values) => member(before(values), index(values));
  }

  #named(before: Expression, name: string): Expression {
    if (name !== 'includes' || !this.#take('(')) return (values) => member(before(values), name);
    const wanted = this.#either();
    this.#expect(')');
    return (values) => {
      const list = before(values);
      return Array.isArray(list) && list.includes(wanted(values));
    };
  }

  #primary(): Expression {
    const token = this.#next();
    if (token === '(') {
      const inner = this.#either();
      this.#expect(')');
      return inner;
    }
    if (token === '[') return this.#list();
    if (token.startsWith("'")) return () => token.slice(1, -1);
    if (/^\d/.test(token)) return () => Number(token);
    if (token === 'Boolean') {
      this.#expect('(');
      const inner = this.#either();
      this.#expect(')');
      return (values) => Boolean(inner(values));
    }
    const constant = CONSTANTS.get(token);
    if (constant) return () => constant.value;
    if (/^\w+$/.test(token)) return (values) => (Object.hasOwn(values, token) ? values[token] : undefined);
    throw new Error(`not understood: ${token}`);
  }

  #list(): Expression {
    const items: Expression[] = [];
    while (!this.#take(']')) {
      items.push(this.#either());
      if (this.#peek() !== ']') this.#expect(',');
    }
    return (values) => items.map((item) => item(values));
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#unexpected();
    return token;
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#unexpected();
  }

  #unexpected(): Error {
    return new Error(`not understood: ${this.#peek() ?? 'the end'}`);
  }
}

const CONSTANTS: ReadonlyMap<string, { readonly value: unknown }> = new Map([
  ['true', { value: true }],
  ['false', { value: false }],
  ['null', { value: null }],
  ['undefined', { value: undefined }],
]);

/** An own member; a list of indices where one is meant is its first, as JavaScript has it for a list of one. */
function member(of: unknown, key: unknown): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  const name = String(Array.isArray(key) ? (key.length === 1 ? key[0] : key) : key);
  return Object.hasOwn(of, name) ? (of as Values)[name] : undefined;
}
