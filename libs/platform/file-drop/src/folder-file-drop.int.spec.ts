import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@encaisse/testing';
import { readWhole, writeWhole } from './file-drop';
import { FolderFileDrop } from './folder-file-drop';

let root: string;
let drop: FolderFileDrop;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'encaisse-drop-'));
  drop = new FolderFileDrop(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('A folder where files are exchanged', () => {
  it('shows a file once it is whole, with its digest', async () => {
    const writer = await drop.create({ folder: 'out', name: 'a.xml' });
    await writer.write('x'.repeat(300_000));
    expect(await drop.list('out')).toEqual([]);
    await writer.write('é');
    const written = await writer.finish();
    expect(await drop.list('out')).toEqual(['a.xml']);
    expect(written).toMatchObject({ name: 'a.xml', bytes: 300_002 });
    expect(written.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(root, 'out', 'a.xml'), 'utf8')).toHaveLength(300_001);
  });

  it('leaves nothing of a file that was discarded', async () => {
    const writer = await drop.create({ folder: 'out', name: 'a.xml' });
    await writer.write('x');
    await writer.discard();
    expect(readdirSync(join(root, 'out'))).toEqual([]);
  });

  it('replaces a file that is written again', async () => {
    await writeWhole(drop, { folder: 'out', name: 'a' }, 'one');
    await writeWhole(drop, { folder: 'out', name: 'a' }, 'two');
    expect(await readWhole(drop, { folder: 'out', name: 'a' }, 10)).toBe('two');
  });

  it('moves a file, and says when it is gone', async () => {
    await writeWhole(drop, { folder: 'in', name: 'a' }, 'one');
    expect(await drop.move({ folder: 'in', name: 'a' }, 'in/done')).toBe(true);
    expect(await drop.move({ folder: 'in', name: 'a' }, 'in/done')).toBe(false);
    expect(await drop.list('in')).toEqual([]);
    expect(await drop.list('in/done')).toEqual(['a']);
  });

  it.each(['../a', 'b/a', '.hidden', '', 'a\\b'])('refuses the file name « %s »', async (name) => {
    await expect(drop.create({ folder: 'out', name })).rejects.toThrow('not the name of a file');
  });

  it('does not read more than was asked for', async () => {
    await writeWhole(drop, { folder: 'in', name: 'a' }, '12345');
    await expect(readWhole(drop, { folder: 'in', name: 'a' }, 4)).rejects.toThrow('longer than 4');
  });

  it('tells of files that come', async () => {
    let calls = 0;
    const stop = drop.watch('in', () => {
      calls += 1;
    });
    writeFileSync(join(root, 'in', 'a'), 'x');
    await until(() => calls > 0).finally(stop);
  });
});
