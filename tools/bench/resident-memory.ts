import { readFileSync } from 'node:fs';

const KIBIBYTE = 1024;

/** What a process holds in memory, in bytes. Linux tells it in /proc. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} tells no resident memory`);
  return Number(kibibytes) * KIBIBYTE;
}
