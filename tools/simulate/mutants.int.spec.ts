import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants';

const DIST = join(__dirname, '..', '..', 'dist');

describe('The planted faults', () => {
  it.each(MUTANTS.map(({ name, patches }) => [name, patches] as const))(
    '%s still finds its place in the compiled product',
    (_name, patches) => {
      for (const { file, find } of patches) {
        const compiled = readFileSync(join(DIST, `${file}.js`), 'utf8');
        expect([file, compiled.split(find).length - 1]).toEqual([file, 1]);
      }
    },
  );
});
