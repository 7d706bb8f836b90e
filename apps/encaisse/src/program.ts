import { CommandRefused } from '@encaisse/audit/feature';
import { StoreUnavailable } from '@encaisse/platform/event-store';
import { TOKEN_SCOPES } from '@encaisse/platform/http';
import {
  InvalidSettings,
  readSettings,
  type ServiceModule,
  StartRefused,
} from '@encaisse/platform/runtime';
import { MasterKeyRefused } from '@encaisse/platform/security';
import { Command, CommanderError } from 'commander';
import * as commands from './commands';
import { MODULES } from './modules';
import type { Output } from './output';
import { partitionsDetach, partitionsList } from './partition-commands';
import { upgrade } from './upgrade-command';

const DAY_SECONDS = '86400';

type Environment = Readonly<Record<string, string | undefined>>;
type Work = (context: commands.CommandContext) => Promise<commands.Outcome>;

/** Runs one command line. Returns the exit code: 0, or 1 when the command could not or found ill. */
export async function runCommandLine(
  words: readonly string[],
  environment: Environment,
  output: Output,
  modules: readonly ServiceModule[] = MODULES,
): Promise<number> {
  let exitCode = 0;
  const run = async (isJson: boolean, work: Work): Promise<void> => {
    const outcome = await work({ settings: readSettings(environment), output, modules });
    output.result(isJson ? JSON.stringify(outcome.json) : outcome.text);
    exitCode = outcome.exitCode;
  };
  try {
    await describeProgram(run, output).parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    for (const line of complaints(error)) output.say(`encaisse: ${line}`);
    return 1;
  }
}

type Run = (isJson: boolean, work: Work) => Promise<void>;
type JsonOption = { readonly json?: true };

function describeProgram(run: Run, output: Output): Command {
  const program = new Command('encaisse')
    .description('Operate and audit an installation: DATABASE_URL, or the embedded one in DATA_DIR')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.result(text.trimEnd()),
      writeErr: (text) => output.say(text.trimEnd().replace(/^error: /, 'encaisse: ')),
    });
  describeData(program, run);
  describeReadModels(program, run);
  describePartitions(program, run);
  describeParked(program, run);
  describeToken(program, run);
  return program;
}

function add(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'write the result as one JSON object');
}

function describeData(program: Command, run: Run): void {
  add(program, 'backup <file>', 'write the log, the vaults and the consumers to one file').action(
    (file: string, { json }: JsonOption) =>
      run(json === true, (context) => commands.backup(context, file)),
  );
  add(program, 'restore <file>', 'load a backup into an empty database').action(
    (file: string, { json }: JsonOption) =>
      run(json === true, (context) => commands.restore(context, file)),
  );
  add(program, 'upgrade', 'bring the database to what this release needs').action(
    ({ json }: JsonOption) => run(json === true, upgrade),
  );
  add(program, 'verify', 'read the whole log and name the first bad position').action(
    ({ json }: JsonOption) => run(json === true, commands.verify),
  );
  add(program, 'status', 'tell where the log, the read models and the consumers stand').action(
    ({ json }: JsonOption) => run(json === true, commands.status),
  );
}

function describeReadModels(program: Command, run: Run): void {
  type Options = JsonOption & {
    readonly all?: true;
    readonly batchSize?: string;
    readonly acceptDifferences?: true;
  };
  add(
    program,
    'rebuild [name]',
    'make a read model again from the first event, beside the live one',
  )
    .option('--all', 'every read model')
    .option('--batch-size <events>', 'events read at a time')
    .option('--accept-differences', 'switch although it differs from what is served')
    .action((name: string | undefined, { json, all, batchSize, acceptDifferences }: Options) =>
      run(json === true, (context) =>
        commands.rebuild(context, name, {
          all: all === true,
          acceptDifferences: acceptDifferences === true,
          batchSize:
            batchSize === undefined ? undefined : commands.wholeNumber(batchSize, '--batch-size'),
        }),
      ),
    );
}

function describePartitions(program: Command, run: Run): void {
  const partitions = program
    .command('partitions')
    .description('the months of the tables that grow with the trade');
  add(partitions, 'list', 'show them, oldest first').action(({ json }: JsonOption) =>
    run(json === true, partitionsList),
  );
  add(partitions, 'detach', 'take out of the searches what is past the history; it is kept')
    .option('--before <month>', 'months before this one only, such as 2025-08')
    .action(({ json, before }: JsonOption & { readonly before?: string }) =>
      run(json === true, (context) => partitionsDetach(context, before)),
    );
}

function describeParked(program: Command, run: Run): void {
  type Selection = { readonly group?: string; readonly key?: string };
  const parked = program.command('parked').description('messages a consumer could not take');
  add(parked, 'list', 'show them, oldest first')
    .option('--group <group>', 'of one consumer group')
    .action(({ json, group }: JsonOption & Selection) =>
      run(json === true, (context) => commands.parkedList(context, group)),
    );
  add(parked, 'replay', 'hand them to their consumers again, in order')
    .option('--group <group>', 'of one consumer group')
    .option('--key <key>', 'of one stream')
    .action(({ json, ...selection }: JsonOption & Selection) =>
      run(json === true, (context) => commands.parkedReplay(context, selection)),
    );
}

function describeToken(program: Command, run: Run): void {
  type Options = JsonOption & commands.TokenOptions;
  add(program, 'token', 'issue a development token; refused in production')
    .requiredOption('--login <login>', 'who it stands for')
    .option('--node <id>', 'node of the tree, or root', 'root')
    .option('--scopes <list>', `of ${TOKEN_SCOPES.join(', ')}`, TOKEN_SCOPES.join(','))
    .option('--environment <name>', 'TEST or PRODUCTION', 'TEST')
    .option('--lifetime <seconds>', 'how long it is good', DAY_SECONDS)
    .action(({ json, ...options }: Options) =>
      run(json === true, (context) => commands.token(context, options)),
    );
}

/** Refused, unknown host, wrong password, no such database. */
const UNREACHABLE: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', '28P01', '3D000'];
const KNOWN = [CommandRefused, StartRefused, MasterKeyRefused, StoreUnavailable];

/** What an operator can mend is one line; anything else is told with where it happened. */
function complaints(error: unknown): readonly string[] {
  if (error instanceof InvalidSettings) return error.mistakes;
  const { message, stack, code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (message === undefined) return [String(error)];
  if (KNOWN.some((kind) => error instanceof kind)) return [message];
  if (code !== undefined && UNREACHABLE.includes(code))
    return [`the database cannot be reached: ${message === '' ? code : message}`];
  // What a file or the embedded server cannot do says it in one line.
  if (syscall !== undefined || /^(PostgreSQL|The data|No embedded)\b/.test(message))
    return [message];
  return [message, ...(stack ?? '').split('\n').slice(1)];
}
