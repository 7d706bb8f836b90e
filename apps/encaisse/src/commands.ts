import {
  CommandRefused,
  issueDevelopmentToken,
  readStatus,
  restoreBackup,
  verifyLog,
  writeBackup,
} from '@encaisse/audit/feature';
import { SystemClock } from '@encaisse/platform/clock';
import type { ParkedMessage } from '@encaisse/platform/message-bus';
import type { ServiceModule, Settings } from '@encaisse/platform/runtime';
import { withAddress, withBus, withClient, withPlatform } from './installation';
import { type Output, withProgress } from './output';

/** What a command found, for programs and for people. */
export type Outcome = {
  readonly json: object;
  readonly text: string;
  readonly exitCode: number;
};

export type CommandContext = {
  readonly settings: Settings;
  readonly output: Output;
  /** Every context with read models or consumers. */
  readonly modules: readonly ServiceModule[];
};

function done(json: object, text: string, isGood = true): Outcome {
  return { json, text, exitCode: isGood ? 0 : 1 };
}

export async function backup({ settings, output }: CommandContext, file: string): Promise<Outcome> {
  const report = await withAddress(settings, ({ url }) =>
    withProgress(output, 'backup', (progress) =>
      writeBackup(url, file, new SystemClock().now(), progress),
    ),
  );
  output.say(
    settings.vaultKeyFile === null
      ? `The keys in ${settings.dataDir}/keys are NOT in the backup: keep a copy of them elsewhere, without them the vaults stay closed.`
      : 'The file of VAULT_KEY_FILE is NOT in the backup: keep a copy of it elsewhere, without it the vaults stay closed.',
  );
  const { rows, position } = report;
  return done(report, `${file}: ${rows} rows, the log up to position ${position}`);
}

export async function restore(
  { settings, output }: CommandContext,
  file: string,
): Promise<Outcome> {
  const report = await withAddress(
    settings,
    ({ url }) => withProgress(output, 'restore', (progress) => restoreBackup(url, file, progress)),
    { mayCreate: true },
  );
  output.say(
    settings.vaultKeyFile === null
      ? `Before the next start, put the keys folder of the backed-up DATA_DIR into ${settings.dataDir}.`
      : 'The next start needs the VAULT_KEY_FILE of the backed-up installation.',
  );
  const { position, createdAt, treeHead } = report;
  return done(
    report,
    `restored the log up to position ${position} as it was at ${createdAt}, tree head ${treeHead}; read models are made again at the next start`,
  );
}

export async function rebuild(
  { settings, output, modules }: CommandContext,
  name: string | undefined,
  options: { readonly all: boolean; readonly batchSize: number | undefined },
): Promise<Outcome> {
  if ((name === undefined) === !options.all)
    throw new CommandRefused('give the name of a read model, or --all');
  return withPlatform(settings, modules, async ({ projections }) => {
    if (name !== undefined && !projections.names.includes(name))
      throw new CommandRefused(
        `no read model is named ${name}; there are: ${projections.names.join(', ')}`,
      );
    const reports = [];
    for (const one of name === undefined ? projections.names : [name]) {
      const report = await withProgress(output, `rebuild ${one}`, (onProgress) =>
        projections.rebuild(one, {
          onProgress,
          ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
        }),
      );
      reports.push(report);
    }
    const lines = reports.map(({ name: one, position, differences }) =>
      differences.length === 0
        ? `${one}: rebuilt up to position ${position}`
        : `${one}: rebuilt up to position ${position}; it differs from what was served: ${differences.join('; ')}`,
    );
    return done({ rebuilt: reports }, lines.join('\n'));
  });
}

export async function parkedList(
  { settings }: CommandContext,
  group: string | undefined,
): Promise<Outcome> {
  const parked = await withBus(settings, (bus) => bus.parked(group));
  return done({ parked }, parked.length === 0 ? 'nothing is parked' : linesOf(parked));
}

export async function parkedReplay(
  { settings, modules }: CommandContext,
  selection: { readonly group?: string; readonly key?: string },
): Promise<Outcome> {
  return withPlatform(settings, modules, async ({ bus }) => {
    const groups = (await bus.status()).map(({ group }) => group);
    if (selection.group !== undefined && !groups.includes(selection.group))
      throw new CommandRefused(
        `no consumer group is named ${selection.group}; there are: ${groups.join(', ')}`,
      );
    const { replayed, stillParked } = await bus.replayParked(selection);
    const text =
      stillParked.length === 0
        ? `${replayed} replayed, nothing of it is parked any more`
        : `${replayed} replayed, ${stillParked.length} still parked\n${linesOf(stillParked)}`;
    return done({ replayed, stillParked }, text, stillParked.length === 0);
  });
}

function linesOf(parked: readonly ParkedMessage[]): string {
  return parked
    .map(
      ({ group, position, attempts, error, parkedAt, message }) =>
        `${group}  ${position}  ${message.type}  ${message.key}  since ${parkedAt}  ` +
        (error === null ? 'waits behind an earlier one' : `${attempts} tries  ${error}`),
    )
    .join('\n');
}

export type TokenOptions = Readonly<
  Record<'login' | 'node' | 'scopes' | 'environment' | 'lifetime', string>
>;

export async function token(
  { settings }: CommandContext,
  { lifetime, ...request }: TokenOptions,
): Promise<Outcome> {
  const lifetimeSeconds = wholeNumber(lifetime, '--lifetime');
  const issued = await issueDevelopmentToken(settings, { ...request, lifetimeSeconds });
  return done(issued, issued.token);
}

export async function status({ settings }: CommandContext): Promise<Outcome> {
  const found = await withClient(settings, readStatus);
  const lines = [
    `log: position ${found.position}, last recorded ${found.lastRecordedAt ?? 'never'}`,
    ...found.projections.map(
      ({ name, version, position, lag }) =>
        `read model ${name} (version ${version}): position ${position}, lag ${lag}`,
    ),
    ...found.groups.map(
      ({ group, position, lag, parked }) =>
        `consumer ${group}: position ${position}, lag ${lag}, parked ${parked}`,
    ),
  ];
  return done(found, lines.join('\n'));
}

export async function verify({ settings, output }: CommandContext): Promise<Outcome> {
  const verdict = await withClient(settings, (client) =>
    withProgress(output, 'verify', (progress) => verifyLog(client, progress)),
  );
  const { events, streams, treeHead, firstBad } = verdict;
  if (firstBad !== null)
    return done(verdict, `BAD at position ${firstBad.position}: ${firstBad.reason}`, false);
  return done(verdict, `good: ${events} events in ${streams} streams, tree head ${treeHead}`);
}

export function wholeNumber(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new CommandRefused(`${option} takes a whole number from 1, got « ${text} »`);
  return number;
}
