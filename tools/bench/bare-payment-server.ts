import 'reflect-metadata';
import { instantOfEpochMillis } from '@encaisse/kernel';
import { AcquirerLink, newRetrievalReference, transmissionTime } from '@encaisse/platform/iso8583';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 32 });
const link = new AcquirerLink(
  {
    host: '127.0.0.1',
    port: Number(process.env['ACQUIRER_SIMULATOR_PORT']),
    answerTimeoutMs: 15_000,
  },
  quiet,
);

type Payment = {
  readonly id: string;
  readonly amount: { readonly minor: number };
  readonly card: { readonly number: string; readonly expiry: string };
};

/** The peer: the same framework, the same socket trip, one INSERT; no check, no vault, no log. */
@Controller('payments')
class BareController {
  @Post()
  @HttpCode(201)
  async take(@Body() payment: Payment) {
    const outcome = await link.request({
      mti: '0100',
      fields: {
        2: payment.card.number,
        3: '000000',
        4: String(payment.amount.minor).padStart(12, '0'),
        7: transmissionTime(instantOfEpochMillis(Date.now())),
        11: link.nextStan(),
        14: payment.card.expiry,
        37: newRetrievalReference(),
        41: '00000032',
        42: '5201234        ',
        49: '978',
      },
    });
    const code = outcome.kind === 'answered' ? outcome.answer.fields[39] : outcome.kind;
    await pool.query({
      name: 'bare-insert',
      text: 'insert into payments (id, body, response_code) values ($1, $2, $3)',
      values: [payment.id, JSON.stringify(payment), code],
    });
    return { id: payment.id, responseCode: code };
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

async function main(): Promise<void> {
  await pool.query('create table payments (id uuid primary key, body text, response_code text)');
  link.start();
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
  process.once('SIGTERM', () => process.exit(0));
}

void main();
