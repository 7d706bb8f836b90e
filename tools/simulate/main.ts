import { loadEngine } from './engine';

async function main(): Promise<void> {
  const engine = loadEngine();
  const seed = process.argv[2] ?? '1';
  const started = Date.now();
  const report = await engine.runSeed(seed, {
    ...(process.env['LOG'] ? { onLog: (line: string) => process.stdout.write(line + '\n') } : {}),
    hasFaults: process.env['NOFAULTS'] === undefined,
  });
  process.stdout.write(`${JSON.stringify(report, null, 1)}\n${Date.now() - started} ms\n`);
}
void main();
