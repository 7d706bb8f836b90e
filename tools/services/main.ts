import { Command, InvalidArgumentError } from 'commander';
import { ROOT_NODE, TOKEN_SCOPES, Tokens } from '@encaisse/platform/http';
import {
  InvalidSettings,
  keptKey,
  readSettings,
  type Settings,
  StartRefused,
} from '@encaisse/platform/runtime';
import { type ServiceName, SERVICES } from './catalogue';
import { Installation } from './installation';

type Copies = Partial<Record<ServiceName, number>>;
type Options = { readonly copies: Copies; readonly kafka: boolean };

const TOKEN_SECONDS = 30 * 86_400;
const MOST_COPIES = 8;

function readCopies(text: string, before: Copies): Copies {
  const [name, count] = text.split('=');
  const service = SERVICES.find((one) => one === name && one !== 'acquirer-simulator');
  const copies = Number(count);
  if (!service) throw new InvalidArgumentError(`one of ${SERVICES.slice(1).join(', ')} is needed`);
  if (!Number.isInteger(copies) || copies < 1 || copies > MOST_COPIES)
    throw new InvalidArgumentError(`a number of copies from 1 to ${MOST_COPIES} is needed`);
  return { ...before, [service]: copies };
}

const program = new Command('services')
  .description('Runs each service in its own process over Kafka and one PostgreSQL.')
  .option('--copies <service=count>', 'several processes of a service; repeatable', readCopies, {})
  .option('--no-kafka', 'leave messages on the log in PostgreSQL, without a broker');

function say(who: string, line: string): void {
  process.stdout.write(`${who.padEnd(20)} ${line}\n`);
}

async function welcome({ processes }: Installation, settings: Settings): Promise<void> {
  const url = `http://127.0.0.1:${settings.port}`;
  say('services', '');
  for (const { name, url: own, pid } of processes)
    say('services', `${name} ${own} pid=${pid ?? 0}`);
  say('services', `Encaisse (services) is ready at ${url}`);
  say('services', `  API of each service         ${url}/api/docs`);
  say('services', `  Health of all of them       ${url}/health/ready`);
  if (settings.nodeEnvironment === 'production') return;
  const key = settings.tokenKey ?? keptKey(settings.dataDir, 'token.key');
  const token = await new Tokens(Buffer.from(key, 'hex')).issue({
    login: 'demo',
    displayName: 'Compte de démonstration',
    nodeId: ROOT_NODE,
    environment: 'TEST',
    scopes: TOKEN_SCOPES,
    lifetimeSeconds: TOKEN_SECONDS,
  });
  say('services', '  Development token (whole installation, environment TEST):');
  say('services', `    export TOKEN=${token}`);
}

async function main(): Promise<void> {
  const { copies, kafka } = program.parse().opts<Options>();
  const settings = readSettings(process.env);
  const starting = Installation.start({ settings, copies, hasKafka: kafka, say });
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    say('services', 'stopping: every service finishes what it began');
    // A start that is under way ends first, so that no process is left that nobody knows of; one that
    // fails meanwhile has ended everything itself.
    starting
      .then(
        (installation) => installation.stop(),
        () => undefined,
      )
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    const installation = await starting;
    if (!stopping.signal.aborted) await welcome(installation, settings);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
}

main().catch((error: unknown) => {
  const mistakes = error instanceof InvalidSettings ? error.mistakes : [(error as Error).message];
  for (const mistake of mistakes) process.stderr.write(`encaisse: ${mistake}\n`);
  if (!(error instanceof InvalidSettings || error instanceof StartRefused))
    process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  process.exit(1);
});
