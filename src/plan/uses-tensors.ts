import type { StageKind } from '../spec/fields.js';

/** Whether stages of this kind compute with tensors, and so on a backend. */
export function usesTensors(kind: StageKind): boolean {
  switch (kind) {
    case 'train':
    case 'evaluate':
    case 'sample':
    case 'classifier':
    case 'extractor':
      return true;
    case 'dataset':
    case 'curves':
    case 'command':
    case 'compare':
    case 'gate':
    case 'claim':
    case 'report':
      return false;
  }
}
