import type { ErrorObject } from 'ajv';

import type { PositionedNode } from '../source/document.js';
import type { Path } from './labels.js';

/** Something that the canonical schema does not allow. */
export interface SchemaFault {
  readonly error: ErrorObject;
  readonly path: Path;
  /** The value at the path. */
  readonly node: PositionedNode;
}
