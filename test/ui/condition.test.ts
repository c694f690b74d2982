import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCondition } from '../../src/ui/public/condition.ts';
import { schemaFile } from '../config/schema-file.ts';

type Judge = (model: unknown, arrayIndices: readonly number[]) => unknown;

/** As the Homebridge UI does it. */
function evaluated(body: string): Judge {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what is compared with is just that
  return new Function('model', 'arrayIndices', body) as Judge;
}

const bodies = (item: unknown): string[] => {
  if (typeof item !== 'object' || item === null) return [];
  const { condition, items = [] } = item as {
    condition?: { functionBody: string };
    items?: readonly unknown[];
  };
  return [...(condition ? [condition.functionBody] : []), ...items.flatMap(bodies)];
};
const ALL = [...new Set(schemaFile.layout.flatMap(bodies))];

const button = fc.record(
  { event: fc.constantFrom('RelayTrigger', 'DoorbellPushed', 'Connected', 'KeyManagement') },
  { requiredKeys: [] },
);
const device = fc.record(
  {
    readOnly: fc.boolean(),
    leftOpen: fc.constantFrom('off', 'device', 'minutes'),
    secondary: fc.constantFrom('none', 'switch', 'door'),
    holdMinutes: fc.integer({ min: 0, max: 3 }),
    autoCloseMinutes: fc.integer({ min: 0, max: 3 }),
    buttons: fc.array(button, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const text = fc.constantFrom('', 't0001');
const computer = fc.record(
  { rolloutFile: text, rolloutCommand: fc.array(text, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const model = fc.record(
  {
    devices: fc.array(device, { maxLength: 3 }),
    journal: fc.record({ enabled: fc.boolean() }, { requiredKeys: [] }),
    remoteSupport: fc.record(
      {
        tenantId: text,
        scriptToken: text,
        scriptTokenFile: text,
        computers: fc.array(computer, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const indices = fc.array(fc.nat(2), { minLength: 1, maxLength: 2 });

describe('the conditions of config.schema.json', () => {
  it('are there', () => {
    expect(ALL.length).toBeGreaterThan(10);
  });

  it.each(ALL)('%s', (body) => {
    const condition = readCondition(body);
    const judge = evaluated(body);
    fc.assert(
      fc.property(model, indices, (values, arrayIndices) => {
        const wanted = Boolean(judge(values, arrayIndices));
        expect(condition({ model: values, arrayIndices })).toBe(wanted);
      }),
    );
  });
});

it.each([
  ['return 1 < 2;', true],
  ["return ['a', 'b'].includes('b');", true],
  ["return ['a', 'b'].includes('c');", false],
  ['return !(true && false) || false;', true],
  ["return (model.none ?? 'x') === 'x';", true],
  ['return model.list?.[1] >= 2;', true],
  ["return model.list.length > 0 && model.name !== 'y';", true],
])('%s', (body, outcome) => {
  expect(readCondition(body)({ model: { list: [1, 2], name: 'x' }, arrayIndices: [] })).toBe(outcome);
});

it.each([
  'alert(1)',
  'return fetch("https://example.org");',
  'return model.constructor.constructor("return 1")();',
  'return (() => 1)();',
  'return model = 1;',
  'return 1 +;',
  "return 'a",
  'const a = 1; const b = 2; return a;',
  'return `x`;',
])('refuses %s', (body) => {
  expect(() => readCondition(body)).toThrow();
});

it('sees no more of a model than its own members', () => {
  const scope = { model: {}, arrayIndices: [] };
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(readCondition(`return model.${name};`)(scope)).toBe(false);
    expect(readCondition(`return Boolean(${name});`)(scope)).toBe(false);
  }
});
