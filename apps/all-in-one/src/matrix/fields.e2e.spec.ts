import { Product } from '@encaisse/testing';
import { ALL_MODULES } from '../modules';
import { type Actor, openActors } from './actors';
import { send } from './cells';
import { POLICY } from './policy';
import { openWorld, type World } from './world';

let product: Product;
let world: World;
let actors: readonly Actor[];

beforeAll(async () => {
  product = await Product.start(ALL_MODULES);
  world = await openWorld(product);
  actors = await openActors(product, world, ['A']);
}, 180_000);

afterAll(() => product.stop());

const CONSULTING = ['VIEWER', 'CASHIER', 'MANAGER', 'SUPPORT', 'AUDITOR'];
const SEEING_USERS = ['MANAGER', 'SUPPORT', 'AUDITOR'];

/** What each answer holds, by hand: every profile that may see a thing sees the same of it. */
const USER = [
  ...['connections', 'createdAt', 'email', 'factors', 'isActive', 'isLocked', 'language'],
  ...['lastConnectionAt', 'level', 'login', 'mobile', 'name', 'nodeId', 'nodeName'],
  ...['passwordChangedAt', 'profile', 'userId', 'weekConnections'],
];
const CONTRACT = [
  ...['acquirer', 'bankCode', 'ceilingMinor', 'contractId', 'contractNumber', 'currency'],
  ...['deactivatedAt', 'deferralDays', 'environment', 'isActive', 'label', 'maximumMinor'],
  ...['minimumMinor', 'openedAt', 'paymentMeans', 'rank', 'shopId', 'telecollectionTime'],
];
const TRANSACTION = [
  ...['acceptedAt', 'acceptedOn', 'acquirer', 'acquirerStatus', 'archivingReference'],
  ...['authenticationResult', 'authorizationNumber', 'authorizationOnly', 'authorizedAt'],
  ...['businessDay', 'cancelledAt', 'capturedAt', 'cardCountry', 'cardExpiry', 'cardId'],
  ...['cardType', 'cardholderEmail', 'channel', 'clientCountry', 'contractId', 'contractNumber'],
  ...['createdAt', 'currency', 'currentAmount', 'debitedAmount', 'duplicateOf', 'environment'],
  ...['guarantee3ds', 'initialAmount', 'issuer', 'maskedCardNumber', 'orderReference'],
  ...['originalTransactionId', 'originalTransactionNumber', 'paymentMeans', 'plannedDate', 'rank'],
  ...['refundable', 'refundedAmount', 'refunds', 'refusalReason', 'refusedCancellations'],
  ...['remittanceDate', 'remittanceId', 'remittanceNumber', 'responseCode', 'sentAt', 'setAside'],
  ...['shopId', 'status', 'threeDSecure', 'transactionId', 'transactionNumber', 'type', 'wallet'],
];
const NEVER = /"(?:hash|passwordHash|secret|tokenDigest|personId|commitment|fingerprint)"/;

const fieldsOf = (value: object) => Object.keys(value).sort();

describe('Fields of answers', () => {
  const ask = (profile: string, path: string) =>
    actors.find(({ name }) => name === `${profile} at A`)!.call('GET', path);

  it.each(SEEING_USERS)('of a user are those of the list, for %s', async (profile) => {
    const answer = await ask(profile, `/api/v1/users/${world.idOf('user', 'A11')}`);
    expect(fieldsOf(answer.body)).toEqual(USER);
    const page = await ask(profile, '/api/v1/users');
    for (const item of page.body.items) expect(fieldsOf(item)).toEqual(USER);
    expect(answer.text + page.text).not.toMatch(NEVER);
  });

  it.each(CONSULTING)('of a contract are those of the list, for %s', async (profile) => {
    const answer = await ask(profile, `/api/v1/contracts/${world.idOf('contract', 'A11')}`);
    expect(fieldsOf(answer.body)).toEqual(CONTRACT);
  });

  it.each(CONSULTING)(
    'of a transaction are those of the list, without a card number, for %s',
    async (profile) => {
      const id = world.idOf('transaction', 'A11');
      const answer = await ask(profile, `/api/v1/transactions/${id}`);
      const history = await ask(profile, `/api/v1/transactions/${id}/history`);
      expect(fieldsOf(answer.body)).toEqual(TRANSACTION);
      expect(answer.text + history.text).not.toMatch(NEVER);
      expect(answer.text + history.text).not.toContain('4000000000000010');
    },
  );
});

/** Fields that only the product writes, wherever they might be tried. */
const READ_ONLY = [
  ...['userId', 'isActive', 'isLocked', 'factors', 'createdAt', 'passwordChangedAt', 'personId'],
  ...['environment', 'status', 'acquirerStatus', 'transactionNumber', 'businessDay', 'contractId'],
  ...['rank', 'shopId', 'nodeId', 'profile', 'login', 'remittanceId', 'actions', 'at', '__proto__'],
];

describe('Fields that are not the caller’s to write', () => {
  const taking = Object.entries(POLICY).filter(
    ([route, { body }]) => body !== undefined && !/ \/(dev|simulator|oauth|hmac)\//.test(route),
  );

  it.each(taking)('are refused by %s', async (route, policy) => {
    const target = policy.target ? world.anyId(policy.target[0], 'A11') : '';
    const sample = (policy.accepted ?? policy.body)!(target, world);
    const { paths, components } = (await product.get('/api/openapi.json')).body;
    const [method = '', path = ''] = route.split(' ');
    const { requestBody } = paths[path][method.toLowerCase()];
    const schema = requestBody.content['application/json'].schema.$ref.split('/').at(-1);
    const own = Object.keys(components.schemas[schema].properties);
    const actor = actors.find(
      ({ name, rights }) =>
        (policy.may !== 'public' && policy.may.some((profile) => name === `${profile} at A`)) ||
        (rights.length === 1 && rights[0] === policy.right),
    ) ?? { call: (one: string, at: string, body: unknown) => product.call(one, at, body) };
    for (const field of READ_ONLY.filter((one) => !own.includes(one))) {
      const body = `{${JSON.stringify(field)}: "x", ${JSON.stringify(sample).slice(1)}`;
      const text = body.replace(/, \}$/, '}');
      const answer = await send(route, policy, actor, target, world, text);
      const code = answer.body?.code as string;
      expect([field, answer.status, code]).toEqual([
        field,
        400,
        expect.stringMatching(/^(unknown-field|invalid-request)$/),
      ]);
    }
  });
});
