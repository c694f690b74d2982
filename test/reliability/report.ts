import { readDocument, withSection, writeDocument } from './document.ts';
import { playMatrix, renderMatrix } from './matrix.ts';

const cells = await playMatrix();
writeDocument(await withSection(readDocument(), 'matrix', renderMatrix(cells)));

const wrong = cells.filter(({ problems }) => problems.length > 0);
for (const { fault, moment, problems } of wrong) {
  console.error(`${fault.name}, ${moment.name}: ${problems.join('; ')}`);
}
console.log(`${cells.length} cells, ${wrong.length} of them wrong; written to docs/reliability.md`);
if (wrong.length > 0) process.exitCode = 1;
