import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../helpers/child.ts';
import { ROOT } from '../helpers/plugin-folder.ts';
import { makeTempFolder, removeTempFolder } from '../helpers/temp-folder.ts';

const LARGEST = 150 * 1024;

describe('the built page', () => {
  const dist = makeTempFolder('page-build');
  const files = new Map<string, string>();

  beforeAll(async () => {
    const args = [join(ROOT, 'test/tools/build-page.mjs'), dist];
    const { code } = await new Child({ name: 'the build of the page', args, cwd: ROOT }).exited;
    expect(code).toBe(0);
    const folder = join(dist, 'ui/public');
    for (const name of readdirSync(folder)) files.set(name, readFileSync(join(folder, name), 'utf8'));
  }, 60_000);
  afterAll(() => {
    removeTempFolder(dist);
  });

  it('is one page, one style sheet, one module, and the codes that are loaded when one is wanted', () => {
    expect([...files.keys()].toSorted()).toEqual(['index.html', 'main.js', 'page.css', 'uqr.js']);
    expect(files.get('main.js')).toMatch(/import\(["'`]\.\/uqr\.js["'`]\)/);
  });

  it('is small', () => {
    const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(size).toBeLessThan(LARGEST);
  });

  it('has all of its style sheets', () => {
    const sheet = files.get('page.css')!;
    expect(sheet).not.toContain('@import');
    for (const name of readdirSync(join(ROOT, 'src/ui/public/styles'))) {
      expect(sheet).toContain(readFileSync(join(ROOT, 'src/ui/public/styles', name), 'utf8').trim());
    }
  });

  it('loads nothing from elsewhere', () => {
    for (const [name, text] of files) {
      const addresses = (text.match(/(?:https?:)?\/\/[\w-]+(?:\.[\w-]+)+[^\s"'`)]*/g) ?? []).filter(
        // Names a namespace, or the licence; http:// alone is in a sentence.
        (address) => !address.startsWith('http://www.w3.org/') && name !== 'uqr.js',
      );
      expect(addresses).toEqual([]);
      expect(text).not.toMatch(/@import|url\(|<(?:img|iframe|link)[^>]+(?:src|href)="(?!page\.css)/);
    }
  });

  it('runs no text as a program, and takes none for HTML', () => {
    const script = files.get('main.js')!;
    expect(script).not.toMatch(
      /\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
    );
  });
});
