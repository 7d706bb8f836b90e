import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT_NODE, TOKEN_SCOPES, Tokens } from '@encaisse/platform/http';
import { DemoFailure, ProductGone } from '../demo-failure';
import { ProductApi } from './product-api';
import { ProductProcess } from './product-process';

const ACQUIRER_TIMEOUT_MILLIS = '500';
const READY_MILLIS = 60_000;
const POLL_MILLIS = 100;
const TOKEN_SECONDS = 86_400;
const STARTS = 5;

export type ProductPlace = {
  readonly port: number;
  readonly dataDir: string;
  /** Of the product that already runs; else one is signed with the key in its folder. */
  readonly token?: string | undefined;
  /** Further settings of a product of our own. */
  readonly settings?: Readonly<Record<string, string>>;
};

/**
 * The product that is driven: the one that answers on the port, else one of our own. Ours is started
 * again when it dies; another's death ends the demonstration.
 */
export class DrivenProduct {
  private process: ProductProcess | null = null;
  private client: ProductApi | null = null;
  private starts = 0;

  private constructor(
    private readonly place: ProductPlace,
    private readonly say: (line: string) => void,
  ) {}

  static async find(place: ProductPlace, say: (line: string) => void): Promise<DrivenProduct> {
    const product = new DrivenProduct(place, say);
    if (await product.health()) {
      say(`Le produit répond sur ${product.url} : il est utilisé tel quel.`);
      await product.connect(await product.foreignToken());
    } else await product.start();
    return product;
  }

  get url(): string {
    return `http://127.0.0.1:${this.place.port}`;
  }

  get api(): ProductApi {
    if (this.client === null) throw new Error('the product is not connected');
    return this.client;
  }

  get isOurs(): boolean {
    return this.process !== null;
  }

  /** The process of ours, while it runs. */
  get processId(): number | undefined {
    return this.process?.hasEnded === false ? this.process.pid : undefined;
  }

  /** After it stopped answering: starts ours again, as often as is sensible. Throws for another's. */
  async revive(reason: ProductGone): Promise<void> {
    if (!this.isOurs)
      throw new DemoFailure(
        `Le produit sur ${this.url} ne répond plus. Ce qu’il a acquitté est conservé : relancez-le, puis la même commande reprend où elle s’est arrêtée.`,
      );
    if (this.starts >= STARTS)
      throw new DemoFailure(`Le produit s’est arrêté ${this.starts} fois : abandon.`);
    this.say(`Le produit s’est arrêté, il est relancé et la reprise suit (${reason.message}).`);
    await this.process?.stop();
    await this.client?.close();
    await this.start();
  }

  /** Lets go of it; ours is stopped, its data are kept. */
  async release(): Promise<void> {
    await this.client?.close();
    await this.process?.stop();
  }

  /** Tells ours to stop, without waiting for it. */
  abandon(): void {
    this.process?.abandon();
  }

  private async start(): Promise<void> {
    const { port, dataDir, settings = {} } = this.place;
    this.say(`Démarrage du produit sur ${this.url}, données dans ${resolve(dataDir)}…`);
    this.starts += 1;
    this.process = await ProductProcess.start({
      PORT: String(port),
      DATA_DIR: dataDir,
      ACQUIRER_TIMEOUT_MS: ACQUIRER_TIMEOUT_MILLIS,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
      ...settings,
    });
    await this.connect(this.process.token);
  }

  private async connect(token: string): Promise<void> {
    this.client = new ProductApi(this.url, token);
    await this.untilReady();
    const { status } = await this.client.post('/dev/clock', {});
    if (status === 401)
      throw new DemoFailure(
        'Le produit refuse le jeton : posez ENCAISSE_TOKEN (npm start l’affiche), ou DATA_DIR sur son dossier.',
      );
    if (status === 404)
      throw new DemoFailure('Ce produit n’a pas d’horloge réglable (NODE_ENV=production).');
  }

  /** Ready, and linked to its acquirer: a payment sent before would be refused for technical reasons. */
  private async untilReady(): Promise<void> {
    for (let waited = 0; waited < READY_MILLIS; waited += POLL_MILLIS) {
      const health = await this.health();
      if (health?.status === 'ready' && (health.parts['acquirer'] ?? 'up') === 'up') return;
      if (this.process?.hasEnded) throw new ProductGone('the product ended while starting');
      await pause(POLL_MILLIS);
    }
    throw new DemoFailure(`Le produit sur ${this.url} n’est pas prêt après une minute.`);
  }

  /** What the product says of itself; null when nothing answers. */
  private async health(): Promise<{ status: string; parts: Record<string, string> } | null> {
    let response: Response;
    try {
      response = await fetch(`${this.url}/health/ready`);
    } catch {
      return null;
    }
    const health = (await response.json().catch(() => null)) as {
      status?: string;
      parts?: Record<string, string>;
    } | null;
    if (health?.parts === undefined)
      throw new DemoFailure(`Un autre programme répond sur ${this.url} : changez PORT.`);
    return { status: health.status ?? '', parts: health.parts };
  }

  private async foreignToken(): Promise<string> {
    const { token } = this.place;
    if (token !== undefined && token !== '') return token;
    const file = join(this.place.dataDir, 'keys', 'token.key');
    const key = process.env['TOKEN_KEY'] ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
    if (key === '')
      throw new DemoFailure(
        `Le produit sur ${this.url} tourne, mais ${resolve(file)} n’existe pas : posez ENCAISSE_TOKEN (npm start l’affiche), ou DATA_DIR sur son dossier.`,
      );
    return new Tokens(Buffer.from(key.trim(), 'hex')).issue({
      login: 'demo',
      displayName: 'Compte de démonstration',
      nodeId: ROOT_NODE,
      environment: 'TEST',
      scopes: TOKEN_SCOPES,
      lifetimeSeconds: TOKEN_SECONDS,
    });
  }
}
