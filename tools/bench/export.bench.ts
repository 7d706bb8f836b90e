import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Bench } from './bench';
import { bigProduct } from './read-model.bench';
import { residentBytes } from './resident-memory';

const MEGABYTE = 1024 * 1024;
const LOOK_MILLIS = 50;

/** Bytes and seconds of a bare COPY of the same rows, in the same order. */
async function copySeconds(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const started = performance.now();
  const stream = client.query(
    copyTo(
      'copy (select * from backoffice_journal.transactions order by created_at desc, transaction_id desc) to stdout (format csv)',
    ),
  );
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  const seconds = (performance.now() - started) / 1000;
  await client.end();
  if (bytes === 0) throw new Error('nothing was copied');
  return seconds;
}

/** Everything a search finds as csv over HTTP, against COPY TO, and what memory it takes. */
export const exportBench: Bench = {
  name: 'export',
  run: async (context) => {
    const { product, log } = await bigProduct(context);
    const before = residentBytes(product.child.pid);
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentBytes(product.child.pid));
    }, LOOK_MILLIS);
    const started = performance.now();
    const answer = await product.client.request({
      method: 'GET',
      path: `/api/v1/transactions/export?format=csv&from=${log.firstDay}&to=${log.lastDay}`,
      headers: { authorization: `Bearer ${product.token}` },
    });
    let lines = 0;
    for await (const chunk of answer.body)
      for (const byte of chunk as Buffer) if (byte === 10) lines += 1;
    const ours = (performance.now() - started) / 1000;
    clearInterval(watch);
    if (answer.statusCode !== 200 || lines < log.transactions)
      throw new Error(`the export answered ${answer.statusCode} with ${lines} lines`);
    const peer = await copySeconds(log.url);
    const grown = (peak - before) / MEGABYTE;
    return [
      {
        measure: `export, ${log.transactions} rows to csv over HTTP`,
        ours,
        peer: 'COPY TO of the same rows',
        peerFigure: peer,
        unit: 's',
        ratio: ours / peer,
        goal: { atMost: 3 },
      },
      {
        measure: `export, ${log.transactions} rows, memory above idle`,
        ours: grown,
        peer: 'the limit of the goal',
        peerFigure: 64,
        unit: 'MB',
        ratio: grown / 64,
        goal: { atMost: 1 },
      },
    ];
  },
};
