import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { AuthorizationModule } from '@encaisse/authorization/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { Product } from '@encaisse/testing';

const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const STORY = /<!-- story -->\s+```bash\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const withCurl = hasCurl ? it : it.skip;
const reason = hasCurl ? '' : ' (skipped: curl is absent)';

/** Every answer of the story, in its order. */
async function told(product: Product): Promise<Record<string, unknown>[]> {
  const port = new URL(product.url).port;
  const shell = spawn('bash', ['-c', STORY], {
    env: { ...process.env, TOKEN: product.token, PORT: port },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of shell.stdout) text += String(chunk);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('The story of the README', () => {
  let product: Product;
  beforeAll(async () => {
    product = await Product.start([
      AcquirerSimulatorModule,
      MerchantOnboardingModule,
      AuthorizationModule,
      CashdeskModule,
      RemittanceModule,
      BackofficeModule,
    ]);
  }, 60_000);
  afterAll(() => product.stop());

  withCurl(
    `goes from the card to the figures, and tells the same again${reason}`,
    async () => {
      const answers = await told(product);
      expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
      const [payment, capture] = answers.slice(4);
      expect(payment).toMatchObject({ status: 'ACCEPTED', acquirerStatus: 'AWAITING_CAPTURE' });
      expect(capture).toMatchObject({ currentAmount: { minor: 10000, currency: 'EUR' } });
      await product.settled();
      const again = await told(product);
      expect(again.slice(0, 4)).toEqual(answers.slice(0, 4));
      expect(again.at(-1)).toMatchObject({
        currencies: [{ all: { amount: { minor: 7500, currency: 'EUR' }, count: 2 } }],
      });
    },
    60_000,
  );
});
