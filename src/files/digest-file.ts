import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import type { Digest } from '../base/digest.js';

/** Bytes read at once: enough to keep a disk busy, few enough to stay in the processor's cache. */
const pieceSize = 2 ** 18;

/** The SHA-256 of a file's content. While one piece is digested, the next is read. */
export async function digestFile(path: string, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    // Most files are small, and are read in one piece.
    const size = Math.min(pieceSize, (await file.stat()).size + 1);
    let piece = Buffer.allocUnsafe(size);
    let next = piece;
    let { bytesRead } = await file.read(piece, 0, size);
    while (bytesRead > 0) {
      signal?.throwIfAborted();
      next = next === piece ? Buffer.allocUnsafe(size) : next;
      const reading = file.read(next, 0, size);
      hash.update(piece.subarray(0, bytesRead));
      ({ bytesRead } = await reading);
      [piece, next] = [next, piece];
    }
    return hash.digest('hex') as Digest;
  } finally {
    await file.close();
  }
}
