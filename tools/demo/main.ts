import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { DemoFailure, Interrupted } from './demo-failure';
import { demonstrateMonth } from './month/month-demo';
import { DrivenProduct } from './product/driven-product';
import { demonstrateTrade } from './trade/trade-demo';

type Options = {
  readonly trade?: string;
  readonly port: number;
  readonly limitDays?: number;
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('un nombre entier à partir de 1 est attendu');
  return value;
}

const program = new Command('demo')
  .description('Charge un commerce dans le produit, par son API publique et son horloge réglable.')
  .option('--trade <fichier>', 'rejoue un fichier d’achats customer,date,items,amount_usd')
  .option(
    '--port <port>',
    'port du produit (défaut : PORT, sinon 3000)',
    wholeNumber,
    Number(process.env['PORT'] ?? 3000),
  )
  .option('--limit-days <jours>', 'ne rejoue que les premiers jours', wholeNumber);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { trade, port, limitDays } = program.parse().opts<Options>();
  const csvText = trade === undefined ? null : readTrade(trade);
  const interruption = watchSignals();
  const place = {
    port,
    dataDir: process.env['DATA_DIR'] ?? '.data',
    token: process.env['ENCAISSE_TOKEN'],
  };
  const product = await DrivenProduct.find(place, say);
  interruption.onSecond = () => product.abandon();
  const demo = { product, say, isStopping: () => interruption.isStopping };
  try {
    if (csvText === null) await demonstrateMonth(demo);
    else if (!(await demonstrateTrade({ ...demo, csvText, limitDays }))) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Interrupted))
      say(
        'L’horloge du produit est peut-être restée où elle était ; la même commande reprend et la rend.',
      );
    throw error;
  } finally {
    await product.release();
  }
}

function readTrade(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DemoFailure(`${file} ne peut pas être lu : ${(error as Error).message}`);
  }
}

/** The first Ctrl-C ends the demonstration after the day in hand, the second at once. */
function watchSignals() {
  const state = { isStopping: false, onSecond: (): void => undefined };
  const onSignal = () => {
    if (state.isStopping) {
      state.onSecond();
      process.exit(130);
    }
    state.isStopping = true;
    say(
      'Interruption : la journée en cours est terminée d’abord (Ctrl-C à nouveau : tout de suite).',
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return state;
}

main().catch((error: unknown) => {
  if (error instanceof DemoFailure) {
    process.stderr.write(`demo : ${error.message}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 2;
});
