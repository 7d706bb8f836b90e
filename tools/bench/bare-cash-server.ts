import 'reflect-metadata';
import { Body, Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 32 });

/** The peer of the cash desk: what is there is read, one row is written, nothing is decided. */
@Controller()
class BareController {
  @Get('ready')
  ready() {
    return { status: 'ready' };
  }

  @Post('api/v1/transactions/:id/:operation')
  @HttpCode(200)
  async operate(
    @Param('id') id: string,
    @Param('operation') operation: string,
    @Body() body: { readonly id: string },
  ) {
    const { rows } = await pool.query<{ body: string }>({
      name: 'bare-select',
      text: 'select body from operations where transaction_id = $1',
      values: [id],
    });
    await pool.query({
      name: 'bare-insert',
      text: 'insert into operations (id, transaction_id, body) values ($1, $2, $3)',
      values: [body.id, id, JSON.stringify({ operation, id })],
    });
    return { transactionId: id, operation, before: rows.length };
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

async function main(): Promise<void> {
  await pool.query(
    `create table operations (id uuid primary key, transaction_id uuid not null, body text);
     create index on operations (transaction_id)`,
  );
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
  process.once('SIGTERM', () => process.exit(0));
}

void main();
