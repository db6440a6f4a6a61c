import type { Digest } from '../base/digest.js';
import type { PartChange } from './code-parts.js';
import type { FieldChange } from './field-changes.js';
import type { Fingerprint } from './fingerprint.js';
import type { InputChange } from './input-changes.js';

/** Why a stage is to run: one reason of possibly several. */
export type Cause =
  /** It has never been planned before. What follows, if anything, is how it differs from the stage nearest to it. */
  | { readonly type: 'never_ran' }
  /** A field is another; the path counts from the stage's (or dataset's) declaration. */
  | ({ readonly type: 'field' } & FieldChange)
  | DataChange
  | ({ readonly type: 'input' } & InputChange)
  /** The parts are empty where they are not known. */
  | { readonly type: 'code'; readonly parts: readonly PartChange[] }
  | {
      readonly type: 'backend';
      readonly before: Fingerprint['backend'];
      readonly after: Fingerprint['backend'];
    }
  /** The key is another, and all that is written down of it is the same. */
  | { readonly type: 'key' }
  /** It is what it was, and its result is not in the store; whether it ever was, where that is known. */
  | { readonly type: 'absent'; readonly finished?: boolean }
  /** Its result in the store is not whole. */
  | { readonly type: 'damaged'; readonly reason: string }
  | { readonly type: 'forced' }
  /** It says `cache: false`. */
  | { readonly type: 'always' };

/** The content of the user's data is another; a digest is absent where nothing was read. */
export interface DataChange {
  readonly type: 'data';
  /** Where the declaration names the file: `['files', 1]`. */
  readonly field: readonly (string | number)[];
  readonly before?: Digest;
  readonly after?: Digest;
}
