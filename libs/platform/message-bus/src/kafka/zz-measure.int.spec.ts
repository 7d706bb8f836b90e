import { KafkaBusFixture, kafkaBrokers, THING_TYPE } from '@encaisse/testing';
import { Partitioners } from 'kafkajs';
import { connectKafka } from './kafka-connection';
it('measures', async () => {
  const t0 = performance.now();
  const f = await KafkaBusFixture.open({ brokers: await kafkaBrokers() });
  console.log('broker+db', performance.now() - t0);
  const n = 30000;
  for (let i = 0; i < n; i += 500)
    await f.happen(
      `k${i % 7}`,
      Array.from({ length: 500 }, (_, x) => i + x),
    );
  let t = performance.now();
  const relayOnly = f.newBus({});
  await relayOnly.start();
  await f.until(async () => (await relayOnly.relayStatus()).lag === 0);
  const relay = performance.now() - t;
  t = performance.now();
  let count = 0;
  const bus = f.newBus({
    consumers: [
      {
        group: 'testing.m',
        types: [THING_TYPE],
        handle: () => {
          count += 1;
          return Promise.resolve();
        },
      },
    ],
  });
  await bus.start();
  await f.until(() => count >= n);
  const consume = performance.now() - t;
  const k = connectKafka(f.kafka, 'bare');
  const p = k.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await p.connect();
  const topic = `${f.kafka.prefix}.testing`;
  const value = 'x'.repeat(500);
  t = performance.now();
  for (let i = 0; i < n; i += 500)
    await p.send({
      topic,
      acks: -1,
      messages: Array.from({ length: 500 }, (_, x) => ({ key: `k${(i + x) % 7}`, value })),
    });
  const bareP = performance.now() - t;
  await p.disconnect();
  const c = k.consumer({ groupId: `${topic}.bare`, maxWaitTimeInMs: 50 });
  await c.connect();
  await c.subscribe({ topics: [topic], fromBeginning: true });
  t = performance.now();
  let seen = 0;
  await c.run({
    eachBatch: async ({ batch }) => {
      seen += batch.messages.length;
    },
  });
  await f.until(() => seen >= 2 * n);
  const bareC = performance.now() - t;
  await c.disconnect();
  console.log({
    relayPerS: (n / relay) * 1000,
    bareProducePerS: (n / bareP) * 1000,
    effectPerS: (n / consume) * 1000,
    bareConsumePerS: ((2 * n) / bareC) * 1000,
  });
}, 120000);
it('latency', async () => {
  const f = await KafkaBusFixture.open({ brokers: await kafkaBrokers() });
  const at: number[] = [];
  const bus = f.newBus({
    consumers: [
      {
        group: 'testing.l',
        types: [THING_TYPE],
        handle: () => {
          at.push(performance.now());
          return Promise.resolve();
        },
      },
    ],
  });
  await bus.start();
  await f.happen('a', [0]);
  await f.until(() => at.length === 1);
  const lat: number[] = [];
  for (let i = 1; i <= 200; i += 1) {
    await f.happen('a', [i]);
    const s = performance.now();
    await f.until(() => at.length === i + 1);
    lat.push(at[i]! - s);
    await new Promise((r) => setTimeout(r, 30));
  }
  lat.sort((a, b) => a - b);
  console.log('p50', lat[100], 'p99', lat[198]);
  await f.dispose();
}, 120000);
