type Probe = () => string;

/** What contexts say of their own parts: a text, starting with « down » when they cannot serve. */
export class Readiness {
  private readonly probes = new Map<string, Probe>();

  register(part: string, probe: Probe): void {
    this.probes.set(part, probe);
  }

  parts(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.probes].map(([part, probe]) => [part, probe()]));
  }
}
