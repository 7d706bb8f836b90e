import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planted } from './loader';
import { MUTANTS } from './mutants';

const DIST = join(__dirname, '..', '..', 'dist');

describe('The planted faults', () => {
  it.each(MUTANTS.map(({ name, patches }) => [name, patches] as const))(
    '%s still finds its place in the compiled product',
    (_name, patches) => {
      for (const patch of patches) {
        const compiled = readFileSync(join(DIST, `${patch.file}.js`), 'utf8');
        expect(planted(compiled, patch)).not.toBe(compiled);
      }
    },
  );
});
