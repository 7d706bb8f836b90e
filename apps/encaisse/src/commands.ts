import {
  AUDIT_STORE_NEEDS,
  CommandRefused,
  issueDevelopmentToken,
  readStatus,
  restoreBackup,
  verifyLog,
  writeBackup,
} from '@encaisse/audit/feature';
import { SystemClock } from '@encaisse/platform/clock';
import type { StoreNeed } from '@encaisse/platform/event-store';
import type { ParkedMessage } from '@encaisse/platform/message-bus';
import {
  type Comparison,
  RebuildDiffers,
  type RebuildReport,
} from '@encaisse/platform/projections';
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

/** The log of a server of its own is for the tools of that server. */
function needsLogInDatabase({ eventStoreUrl }: Settings, { feature, instead }: StoreNeed): void {
  if (eventStoreUrl !== null)
    throw new CommandRefused(
      `${feature} works on a log in PostgreSQL, and EVENTSTORE_URL is set: ${instead}`,
    );
}

export async function backup({ settings, output }: CommandContext, file: string): Promise<Outcome> {
  needsLogInDatabase(settings, AUDIT_STORE_NEEDS.backup);
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
  needsLogInDatabase(settings, AUDIT_STORE_NEEDS.restore);
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
  options: {
    readonly all: boolean;
    readonly batchSize: number | undefined;
    readonly acceptDifferences: boolean;
  },
): Promise<Outcome> {
  if ((name === undefined) === !options.all)
    throw new CommandRefused('give the name of a read model, or --all');
  return withPlatform(settings, modules, async ({ projections }) => {
    if (name !== undefined && !projections.names.includes(name))
      throw new CommandRefused(
        `no read model is named ${name}; there are: ${projections.names.join(', ')}`,
      );
    const { acceptDifferences, batchSize } = options;
    const reports: Rebuilt[] = [];
    for (const one of name === undefined ? projections.names : [name]) {
      const report = await withProgress(output, `rebuild ${one}`, (onProgress) =>
        projections
          .rebuild(one, {
            onProgress,
            acceptDifferences,
            ...(batchSize === undefined ? {} : { batchSize }),
          })
          .then((rebuilt) => ({ ...rebuilt, isSwitched: true }))
          .catch((error: unknown) => {
            if (error instanceof RebuildDiffers) return { ...error.report, isSwitched: false };
            throw error;
          }),
      );
      reports.push(report);
    }
    const areSwitched = reports.every(({ isSwitched }) => isSwitched);
    return done({ rebuilt: reports }, reports.map(rebuiltLines).join('\n'), areSwitched);
  });
}

type Rebuilt = RebuildReport & { readonly isSwitched: boolean };

const COMPARED: Readonly<Record<Comparison, string>> = {
  equal: 'equal to what was served',
  differs: 'it differs from what was served:',
  'new-version': 'not compared, because this version of it had not been served yet',
  'log-restored': 'not compared, because what was served knew more than the restored log',
};

function rebuiltLines({ name, position, comparison, differences, isSwitched }: Rebuilt): string {
  const advice =
    'nothing was switched; if the rebuilt values are the right ones, run it again with --accept-differences';
  return [
    `${name}: rebuilt up to position ${position}, ${COMPARED[comparison]}`,
    ...differences.map(
      ({ table, key, column, served, rebuilt }) =>
        `  ${table} ${key} ${column ?? 'the row'}: ${served ?? 'absent'} became ${rebuilt ?? 'absent'}`,
    ),
    ...(isSwitched ? [] : [`  ${advice}`]),
  ].join('\n');
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
  needsLogInDatabase(settings, AUDIT_STORE_NEEDS.status);
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
  needsLogInDatabase(settings, AUDIT_STORE_NEEDS.verify);
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
