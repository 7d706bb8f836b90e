import { createHash } from 'node:crypto';
import { type DropFile, type DropFileWriter, FileDrop } from '@encaisse/platform/file-drop';
import type { Machine, SimulatedProcess } from './machine';
import type { Wire } from './wire';

/** The folders that lie between the product and the acquirer, shared by every process. */
export class SimulatedFolders {
  readonly files = new Map<string, string>();
  /** How often each name was written, for the watchers of the simulation. */
  onWritten: (name: string, content: string) => void = () => undefined;
  private readonly watchers = new Map<SimulatedProcess, () => void>();

  constructor(private readonly machine: Machine) {}

  put(path: string, content: string): void {
    this.files.set(path, content);
    this.machine.touch();
    this.onWritten(path, content);
    for (const [process, hear] of this.watchers) this.machine.in(1, process, hear);
  }

  watch(process: SimulatedProcess, hear: () => void): () => void {
    this.watchers.set(process, hear);
    return () => void this.watchers.delete(process);
  }
}

/** The folders as one simulated process reaches them: files appear whole or not at all. */
export class SimulatedFileDrop extends FileDrop {
  constructor(
    private readonly process: SimulatedProcess,
    private readonly folders: SimulatedFolders,
    private readonly wire: Wire,
  ) {
    super();
  }

  override create({ folder, name }: DropFile): Promise<DropFileWriter> {
    const pieces: string[] = [];
    return Promise.resolve({
      write: (text: string) => Promise.resolve(void pieces.push(text)),
      finish: () => {
        const content = pieces.join('');
        const sha256 = createHash('sha256').update(content).digest('hex');
        const put = () => {
          this.folders.put(`${folder}/${name}`, content);
          return { name, bytes: Buffer.byteLength(content), sha256 };
        };
        return this.wire.ask(this.process, put, true);
      },
      discard: () => Promise.resolve(),
    });
  }

  override list(folder: string): Promise<readonly string[]> {
    return this.wire.ask(this.process, () =>
      [...this.folders.files.keys()]
        .filter(
          (path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'),
        )
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    );
  }

  override async *read({ folder, name }: DropFile): AsyncIterable<string> {
    const content = await this.wire.ask(this.process, () =>
      this.folders.files.get(`${folder}/${name}`),
    );
    if (content === undefined) throw new Error(`there is no file ${folder}/${name}`);
    yield content;
  }

  override move({ folder, name }: DropFile, target: string): Promise<boolean> {
    return this.wire.ask(
      this.process,
      () => {
        const content = this.folders.files.get(`${folder}/${name}`);
        if (content === undefined) return false;
        this.folders.files.delete(`${folder}/${name}`);
        this.folders.files.set(`${target}/${name}`, content);
        return true;
      },
      true,
    );
  }

  override watch(_folder: string, onChange: () => void): () => void {
    return this.folders.watch(this.process, onChange);
  }
}
