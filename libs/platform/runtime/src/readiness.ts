type Probe = () => string;

/** What contexts say of their own parts: a text, starting with « down » when they cannot serve. */
export class Readiness {
  private readonly probes = new Map<string, Probe>();
  /** True from the moment the process was told to stop: it finishes, and takes nothing new. */
  isStopping = false;

  register(part: string, probe: Probe): void {
    this.probes.set(part, probe);
  }

  parts(): Readonly<Record<string, string>> {
    return {
      ...Object.fromEntries([...this.probes].map(([part, probe]) => [part, probe()])),
      ...(this.isStopping ? { process: 'down: stopping' } : {}),
    };
  }
}
