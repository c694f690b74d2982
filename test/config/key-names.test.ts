import { describe, expect, it } from 'vitest';
import { deviceJson, parseDevices, SECRET_KEY } from './helpers.ts';

const parse = (keyNames: unknown) => parseDevices(deviceJson({ keyNames }));

describe('the names of keys', () => {
  it('are numbers of the device with names, and blank rows are none', () => {
    const { devices, problems } = parse([
      { keyNumber: 5, name: ' kitchen tablet ' },
      { keyNumber: '', name: '' },
      null,
      { keyNumber: 0, name: 'Anna' },
    ]);
    expect(problems).toEqual([]);
    expect(devices[0]?.keyNames).toEqual([
      { keyNumber: 5, name: 'kitchen tablet' },
      { keyNumber: 0, name: 'Anna' },
    ]);
  });

  it('are none where none are given', () => {
    expect(parse(undefined).devices[0]?.keyNames).toEqual([]);
  });

  it.each<[unknown, RegExp]>([
    ['Anna', /keyNames is not a list; /],
    [{ 5: 'Anna' }, /keyNames is not a list; /],
    [['Anna'], /keyNames \(number 1\) is not a key with a name; /],
    [[{ name: 'Anna' }], /keyNames \(number 1\) keyNumber is missing; /],
    [[{ keyNumber: 5 }], /keyNames \(number 1\) name is missing; /],
    [[{ keyNumber: 1.5, name: 'Anna' }], /keyNumber is not a whole number; /],
    [[{ keyNumber: -1, name: 'Anna' }], /keyNumber is less than 0; /],
    [[{ keyNumber: 1, name: 'x'.repeat(65) }], /name is longer than 64 characters; /],
    [
      [{ keyNumber: 1, name: 'Anna', number: 2 }],
      /has a setting that names of keys do not have; did you mean keyNumber\?; /,
    ],
    [
      [
        { keyNumber: 1, name: 'A' },
        { keyNumber: 1, name: 'B' },
      ],
      /\(number 2\) gives key 1 a second name; /,
    ],
    [
      Array.from({ length: 251 }, (_, keyNumber) => ({ keyNumber, name: 'x' })),
      /keyNames are more than 250; /,
    ],
    [[{ keyNumber: 1, name: SECRET_KEY.slice(0, 64) }], /keyNames holds an API key; /],
  ])('%# are refused with the place and the reason', (keyNames, problem) => {
    const { devices, problems } = parse(keyNames);
    expect(devices).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(problem)]);
  });
});
