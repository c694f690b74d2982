// Builds the browser side of the settings page into <dist>/ui/public: one module, the library for QR codes that
// it loads when a code is wanted, the page, and its style sheet, whose parts are put together.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'src/ui/public');
const target = join(resolve(process.argv[2] ?? join(root, 'dist')), 'ui/public');

const licence = join(dirname(fileURLToPath(import.meta.resolve('uqr'))), '../LICENSE');
const bundle = await rolldown({
  input: join(source, 'main.ts'),
  platform: 'browser',
  logLevel: 'warn',
});
await bundle.write({
  dir: target,
  minify: true,
  chunkFileNames: '[name].js',
  codeSplitting: { groups: [{ name: 'uqr', test: /node_modules[\\/]uqr/ }] },
  postBanner: ({ name }) => (name === 'uqr' ? `/*! uqr\n\n${readFileSync(licence, 'utf8').trim()}\n*/` : ''),
});
await bundle.close();

mkdirSync(target, { recursive: true });
copyFileSync(join(source, 'index.html'), join(target, 'index.html'));
const styles = readFileSync(join(source, 'page.css'), 'utf8');
const parts = [...styles.matchAll(/^@import '(.+)';$/gm)].map(([, name]) =>
  readFileSync(join(source, name), 'utf8'),
);
writeFileSync(join(target, 'page.css'), parts.join('\n'));
