import { createHash } from 'node:crypto';

import type { Brand } from './brand.js';
import { canonicalJson } from './canonical-json.js';
import type { JsonValue } from './json.js';

/** A SHA-256 in lower-case hexadecimal, 64 characters. */
export type Digest = Brand<string, 'Digest'>;

const form = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return form.test(text);
}

export function digestBytes(bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

export function digestJson(value: JsonValue): Digest {
  return digestBytes(canonicalJson(value));
}
