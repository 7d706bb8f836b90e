import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessModule } from '@encaisse/access/feature';
import { AcquirerSimulatorModule } from '@encaisse/acquirer-simulator/feature';
import { AuthorizationModule } from '@encaisse/authorization/feature';
import { BackofficeModule } from '@encaisse/backoffice/feature';
import { CashdeskModule } from '@encaisse/cashdesk/feature';
import { MerchantOnboardingModule } from '@encaisse/merchant-onboarding/feature';
import { RemittanceModule } from '@encaisse/remittance/feature';
import { openMerchant, Product, signedInUser } from '@encaisse/testing';

const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
const partOf = (name: string) =>
  new RegExp(`<!-- ${name} -->\\s+\`\`\`bash\\n([\\s\\S]*?)\`\`\``).exec(README)?.[1] ?? '';
const STORY = partOf('story');
const PEOPLE = partOf('people');
const hasCurl = spawnSync('curl', ['--version']).status === 0;
const withCurl = hasCurl ? it : it.skip;
const reason = hasCurl ? '' : ' (skipped: curl is absent)';

/** Every answer of the story, in its order. */
async function told(
  product: Product,
  story = STORY,
  password = '',
): Promise<Record<string, unknown>[]> {
  const port = new URL(product.url).port;
  const shell = spawn('bash', ['-c', story], {
    env: { ...process.env, TOKEN: product.token, PORT: port, PASSWORD: password },
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
      AccessModule,
      AcquirerSimulatorModule,
      MerchantOnboardingModule,
      AuthorizationModule,
      CashdeskModule,
      RemittanceModule,
      BackofficeModule,
    ]);
  }, 180_000);
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

  withCurl(
    `lets a cashier work in her shop and nowhere else${reason}`,
    async () => {
      const { shopId } = await openMerchant(product);
      const cashier = { profile: 'CASHIER', nodeId: shopId, login: 'demo.caisse' };
      const { user, browser } = await signedInUser(product, cashier);
      await browser.call('DELETE', '/api/v1/session');
      const answers = await told(product, PEOPLE, user.password);
      const [payment, capture, , refund, foreign, users] = answers;
      expect(payment).toMatchObject({ status: 'ACCEPTED' });
      expect(capture).toMatchObject({ acquirerStatus: 'TO_SEND' });
      expect(refund).toMatchObject({ refund: { initialAmount: { minor: 2500 } } });
      expect(foreign).toMatchObject({ status: 404 });
      expect(users).toMatchObject({ status: 403 });
    },
    60_000,
  );
});
