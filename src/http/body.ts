// A request's body as bytes, within a limit, and what its sender says that it is.

import { AppError } from '../errors.ts';

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, for another type, or another charset than UTF-8 */
export function requireMediaType(request: Request, expected: RegExp): void {
  const [type = '', ...parameters] = (request.headers.get('Content-Type') ?? '').split(';');
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(`;${parameters.join(';')}`)?.[1] ?? 'utf-8';
  if (!expected.test(type.trim()) || charset.toLowerCase() !== 'utf-8') throw new AppError('UNSUPPORTED_MEDIA_TYPE');
}

/**
 * At most `limitBytes`, whatever Content-Length says or leaves out.
 * @throws AppError PAYLOAD_TOO_LARGE, BAD_REQUEST where it was cut off
 */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('Content-Length')) > limitBytes) throw new AppError('PAYLOAD_TOO_LARGE');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      length += chunk.length;
      if (length > limitBytes) throw new AppError('PAYLOAD_TOO_LARGE');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('BAD_REQUEST', { reason: 'body_cut_off' });
  }
  return new Blob(chunks).bytes();
}
