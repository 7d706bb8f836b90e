import type { FastifyReply } from 'fastify';
import type { ExportedFile } from './export-file';

/** Streams a file to the client; a client that goes away ends the work behind it. */
export async function sendFile(
  reply: FastifyReply,
  { name, contentType, content }: ExportedFile,
): Promise<void> {
  await reply
    .header('content-type', contentType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .send(content);
}
