import type { CollectingKind, StageKind } from '../spec/fields.js';

/** Whether stages of this kind read all variants along the axes that they name, and tell what is lacking rather than stop at it. */
export function collects(kind: StageKind): kind is CollectingKind {
  switch (kind) {
    case 'compare':
    case 'gate':
    case 'claim':
    case 'report':
      return true;
    case 'dataset':
    case 'train':
    case 'evaluate':
    case 'sample':
    case 'classifier':
    case 'extractor':
    case 'curves':
    case 'command':
      return false;
  }
}
