import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Alarm, SystemClock, SystemTimers } from '@encaisse/platform/clock';
import {
  type Mail,
  MESSAGES,
  MessageService,
  type MessageServiceOptions,
  readSmsFiles,
  type Sms,
  SmsFileTransport,
  SmsGatewayTransport,
  SmtpTransport,
} from '@encaisse/platform/mail';
import { Database } from '@encaisse/platform/postgres';
import { PLATFORM_MIGRATIONS } from '@encaisse/platform/runtime';
import { Keyring } from '@encaisse/platform/security';
import { createTestDatabase, found, freePort, type TestDatabase } from '@encaisse/testing';
import { uuidv7 } from 'uuidv7';
import { SmtpSink } from './smtp-sink';

const TOKEN = 'dGhpcyBpcyBhIG9uZS10aW1lIHRva2Vu';
const silent = { warn: () => undefined, error: () => undefined };

/** Never looks by itself: what is sent was sent because somebody said so. */
class DeafTimers extends SystemTimers {
  override every(): Alarm {
    return { cancel: () => undefined };
  }
}

type Row = {
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly sealed: Buffer | null;
  readonly masked_recipient: string;
  readonly subject: string;
};

describe('Deliver messages', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let keyring: Keyring;
  let sink: SmtpSink;
  const services: MessageService[] = [];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await Database.connect(
      { url: testDatabase.url, applicationName: 'mail-test', poolSize: 8 },
      PLATFORM_MIGRATIONS,
    );
    keyring = await Keyring.open(database, '00'.repeat(32));
  });
  afterAll(async () => {
    await database.close();
    await testDatabase.drop();
  });
  beforeEach(async () => {
    await database.query(`truncate ${MESSAGES}`);
    sink = new SmtpSink({ host: '127.0.0.1', port: await freePort() });
    await sink.start();
  });
  afterEach(async () => {
    for (const service of services.splice(0)) {
      await service.stop();
      await service.close();
    }
    await sink.close();
  });

  const smtp = (port = sink.port) =>
    new SmtpTransport({
      url: `smtp://127.0.0.1:${port}`,
      from: { name: 'Encaisse', address: 'no-reply@encaisse.example' },
    });
  function service(more: Partial<MessageServiceOptions> = {}): MessageService {
    const made = new MessageService({
      ...{
        database,
        keyring,
        clock: new SystemClock(),
        timers: new SystemTimers(),
        logger: silent,
      },
      sender: {
        brandName: 'Encaisse',
        supportAddress: 'aide@encaisse.example',
        publicUrl: 'https://pay.example',
      },
      mail: more.mail === undefined ? smtp() : more.mail,
      sms: null,
      retryPausesMillis: [50, 50, 50],
      ...more,
    });
    services.push(made);
    return made;
  }
  const mail = (recipient = 'camille.durand@example.com'): Mail<'password-reset'> => ({
    id: uuidv7(),
    template: 'password-reset',
    data: { link: `/mot-de-passe#${TOKEN}`, validMinutes: 30 },
    language: 'fr',
    recipient,
    environment: 'TEST',
    nodeId: null,
    about: { kind: 'user', id: 'u-1' },
  });
  const sms = (): Sms<'confirmation-code'> => ({
    ...mail(),
    template: 'confirmation-code',
    data: { code: '042917', validMinutes: 10 },
    recipient: '+33612345678',
  });
  const rowOf = async (id: string): Promise<Row> => {
    const [row] = await database.query<Row>(`select * from ${MESSAGES} where message_id = $1`, [
      id,
    ]);
    return row!;
  };
  async function until(id: string, state: string, least = 0): Promise<Row> {
    return found(`the state ${state}`, async () => {
      const row = await rowOf(id);
      return row.state === state && row.attempts >= least ? row : undefined;
    });
  }

  it('NOTIF-18 sends a mail at once, in text and HTML, then erases what is personal', async () => {
    const running = service({ timers: new DeafTimers() });
    await running.start();
    const one = mail();
    await running.mailer.send(one);
    expect(await until(one.id, 'SENT')).toMatchObject({
      ...{ attempts: 1, last_error: null, sealed: null, data_key_id: null },
      masked_recipient: 'c***@example.com',
      subject: 'Choisir un nouveau mot de passe',
    });
    const [got, ...others] = sink.mails;
    expect(others).toEqual([]);
    expect(got).toMatchObject({
      from: 'no-reply@encaisse.example',
      to: ['camille.durand@example.com'],
      subject: 'Choisir un nouveau mot de passe',
      messageId: `<${one.id}@encaisse.example>`,
    });
    expect(got?.text).toContain(`https://pay.example/mot-de-passe#${TOKEN}`);
    expect(got?.html).toContain(`href="https://pay.example/mot-de-passe#${TOKEN}"`);
  });

  it('NOTIF-18 keeps address and link sealed while they wait, and nowhere else', async () => {
    const one = mail();
    await service({ mail: null }).mailer.send(one);
    const [dump] = await database.query<{ text: string }>(
      `select messages::text as text from ${MESSAGES}`,
    );
    expect(dump?.text).not.toContain('camille');
    expect(dump?.text).not.toContain(TOKEN);
    const row = await rowOf(one.id);
    expect(row.sealed?.includes(TOKEN)).toBe(false);
    expect(row.sealed?.includes('camille')).toBe(false);
  });

  it('leaves nothing when the transaction it was queued in does not commit', async () => {
    const running = service();
    await running.start();
    const one = mail();
    const failing = database.transaction(async (session) => {
      await running.mailer.enqueue(session, one);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await wait(200);
    expect(await rowOf(one.id)).toBeUndefined();
    expect(sink.mails).toEqual([]);
  });

  it('queues a mail of one id once, however often it is asked for', async () => {
    const running = service();
    await running.start();
    const one = mail();
    expect(await running.mailer.send(one)).toEqual({ isNew: true });
    expect(await running.mailer.send(one)).toEqual({ isNew: false });
    await until(one.id, 'SENT');
    expect(await running.mailer.send(one)).toEqual({ isNew: false });
    await wait(200);
    expect(sink.mails).toHaveLength(1);
  });

  it('NOTIF-18 tries again what is refused for now, and keeps the reason without the address', async () => {
    const running = service({ retryPausesMillis: [5000] });
    await running.start();
    const one = mail('busy.box@example.com');
    await running.mailer.send(one);
    const waiting = await until(one.id, 'QUEUED', 1);
    expect(waiting.last_error).toMatch(/451/);
    expect(waiting.sealed).not.toBeNull();
    expect(await until(one.id, 'SENT')).toMatchObject({ attempts: 2, last_error: null });
    expect(sink.mails).toHaveLength(1);
  });

  it('NOTIF-18 gives up at once what is refused for good, until somebody has it tried again', async () => {
    const running = service();
    await running.start();
    const one = mail('refused@example.com');
    await running.mailer.send(one);
    const failed = await until(one.id, 'FAILED');
    expect(failed).toMatchObject({ attempts: 1 });
    expect(failed.last_error).toContain('550');
    expect(failed.last_error).toContain('r***@example.com');
    expect(failed.last_error).not.toContain('refused@');
    expect(await running.outbox.retry(one.id)).toBe(true);
    running.wake('MAIL');
    await until(one.id, 'FAILED', 2);
    expect(await running.outbox.retry(uuidv7())).toBe(false);
  });

  it('NOTIF-18 fails after the last pause', async () => {
    const { port } = sink;
    await sink.close();
    const running = service({ mail: smtp(port), retryPausesMillis: [20, 20] });
    await running.start();
    const one = mail();
    await running.mailer.send(one);
    expect(await until(one.id, 'FAILED')).toMatchObject({ attempts: 3 });
    sink = new SmtpSink({ host: '127.0.0.1', port });
    await sink.start();
  });

  it('NOTIF-18 waits for a server that is away, and sends once it is back', async () => {
    const { port } = sink;
    await sink.close();
    const running = service({ mail: smtp(port), retryPausesMillis: Array<number>(200).fill(50) });
    await running.start();
    const one = mail();
    await running.mailer.send(one);
    const row = await until(one.id, 'QUEUED', 1);
    expect(row.last_error).toContain('ECONN');
    expect(running.condition('MAIL')).toMatch(/^retrying: /);
    sink = new SmtpSink({ host: '127.0.0.1', port });
    await sink.start();
    await until(one.id, 'SENT');
    expect(running.condition('MAIL')).toBe('up');
    expect(sink.mails).toHaveLength(1);
  });

  it('NOTIF-18 sends after a restart what was queued before', async () => {
    const before = service({ mail: null });
    await before.start();
    const one = mail();
    await before.mailer.send(one);
    await wait(100);
    expect(before.condition('MAIL')).toMatch(/^waiting: SMTP_URL is not set/);
    await before.stop();
    const after = service();
    await after.start();
    await until(one.id, 'SENT');
    expect(sink.mails).toHaveLength(1);
  });

  it('takes over an attempt whose process died, and only once its time is over', async () => {
    const one = mail();
    const dead = service({ mail: null });
    await dead.mailer.send(one);
    const [taken] = await dead.outbox.take('MAIL', 10);
    const running = service();
    await running.start();
    await wait(150);
    expect(await rowOf(one.id)).toMatchObject({ state: 'SENDING', attempts: 1 });
    await database.query(`update ${MESSAGES} set sending_until = clock_timestamp()`);
    running.wake('MAIL');
    await until(one.id, 'SENT', 2);
    // What the one thought dead says afterwards counts no more.
    await dead.outbox.failed(taken!, 'too late');
    expect(await rowOf(one.id)).toMatchObject({ state: 'SENT', last_error: null });
  });

  it('NOTIF-18 sends once each though two processes deliver', async () => {
    const [one, other] = [service(), service()];
    await Promise.all([one.start(), other.start()]);
    const mails = Array.from({ length: 60 }, (_, index) => mail(`p${index}@example.com`));
    await Promise.all(mails.map((each, index) => (index % 2 ? one : other).mailer.send(each)));
    for (const { id } of mails) await until(id, 'SENT');
    await wait(300);
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual(
      mails.map(({ recipient }) => recipient).sort(),
    );
  });

  it('refuses an address that would be two, and files that are too large', async () => {
    const { mailer } = service({ mail: null });
    await expect(mailer.send(mail('a@example.com,b@example.com'))).rejects.toThrow('one address');
    const content = Buffer.alloc(5 * 1024 * 1024 + 1);
    const attachments = [{ filename: 'x', contentType: 'application/pdf', content }];
    await expect(mailer.send({ ...mail(), attachments })).rejects.toThrow('5 MiB');
    const card = Buffer.from('carte 4000000000000010');
    const text = [{ filename: 'x.txt', contentType: 'text/plain', content: card }];
    await expect(mailer.send({ ...mail(), attachments: text })).rejects.toThrow('full card number');
  });

  it('sends files with a mail', async () => {
    const running = service();
    await running.start();
    const content = Buffer.from('un;deux\n');
    const attachments = [{ filename: 'totaux.csv', contentType: 'text/csv', content }];
    const one = { ...mail(), attachments };
    await running.mailer.send(one);
    await until(one.id, 'SENT');
    expect(sink.mails[0]?.attachments).toEqual([
      { filename: 'totaux.csv', contentType: 'text/csv', bytes: 8 },
    ]);
  });

  it('gives a server that never answers up, and the next mail its turn', async () => {
    const mute = createSocket(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const outcome = await smtp(port).deliver({
      ...{ id: uuidv7(), recipient: 'a@example.com', subject: 's', text: 't', html: null },
      attachments: [],
    });
    expect(outcome).toMatchObject({ kind: 'not-now' });
    mute.close();
  });

  describe('by short message', () => {
    let gateway: Server;
    let got: { headers: IncomingMessage['headers']; body: string }[];
    let answers: number[];

    beforeEach(async () => {
      got = [];
      answers = [];
      gateway = createServer((request, answer) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          got.push({ headers: request.headers, body });
          const status = answers.shift() ?? 202;
          if (status !== 0) answer.writeHead(status).end();
        });
      });
      await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      gateway.closeAllConnections();
      gateway.close();
    });
    const http = () =>
      new SmsGatewayTransport({
        url: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/messages`,
        token: 'gateway-token',
        timeoutMillis: 300,
      });

    it('NOTIF-15 hands the text to the gateway with its token and id', async () => {
      const running = service({ sms: http() });
      await running.start();
      const one = sms();
      await running.smsSender.send(one);
      expect(await until(one.id, 'SENT')).toMatchObject({
        masked_recipient: '+336****78',
        sealed: null,
      });
      expect(got[0]?.headers).toMatchObject({
        authorization: 'Bearer gateway-token',
        'idempotency-key': one.id,
      });
      expect(JSON.parse(got[0]?.body ?? '')).toEqual({
        id: one.id,
        to: '+33612345678',
        text: 'Encaisse : votre code est 042917, pendant 10 minutes. Ne le donnez à personne.',
      });
    });

    it('tries again when the gateway fails or is silent, and not when it refuses', async () => {
      const running = service({ sms: http() });
      await running.start();
      answers = [503, 0, 429, 202];
      const one = sms();
      await running.smsSender.send(one);
      expect(await until(one.id, 'SENT')).toMatchObject({ attempts: 4 });
      answers = [422];
      const other = sms();
      await running.smsSender.send(other);
      expect(await until(other.id, 'FAILED')).toMatchObject({
        attempts: 1,
        last_error: 'the gateway answered 422',
      });
    });

    it('writes files where there is no gateway, for their owner alone', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'encaisse-sms-'));
      const running = service({ sms: new SmsFileTransport(join(folder, 'sms')) });
      await running.start();
      const one = sms();
      await running.smsSender.send(one);
      await until(one.id, 'SENT');
      const [file] = await readSmsFiles(join(folder, 'sms'), 10);
      expect(file).toMatchObject({ id: one.id, to: '+33612345678' });
      expect(file?.text).toContain('042917');
      expect(statSync(join(folder, 'sms', `${one.id}.txt`)).mode & 0o777).toBe(0o600);
      rmSync(folder, { recursive: true });
    });

    it('takes no template that has no wording for it', async () => {
      const { smsSender } = service();
      const long = { ...mail(), recipient: '+33612345678' };
      await expect(smsSender.send(long)).rejects.toThrow('no wording for a short message');
      await expect(smsSender.send({ ...sms(), recipient: '0612345678' })).rejects.toThrow(
        'one international number',
      );
    });
  });
});
