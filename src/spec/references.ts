import type { PositionedScalar } from '../source/document.js';
import type { CheckedPipeline } from './checked.js';
import { pipelineSchema, scalarsOf } from './schema.js';
import type { Path } from './labels.js';

/** A name in a field that the schema types as a reference to another declaration. */
export interface Reference {
  readonly role: 'split' | 'stage' | 'generator' | 'critic';
  readonly text: string;
  readonly scalar: PositionedScalar;
  /** From the root: `['stages', 'train', 'dataset']`. */
  readonly path: Path;
}

/** All references of a document, those in declarations with other mistakes included. */
export function referencesOf({ root }: Pick<CheckedPipeline, 'root'>): readonly Reference[] {
  return [...scalarsOf(pipelineSchema, root)].flatMap(({ scalar, schema, path }) => {
    const role = schema?.['x-role'];
    if (role === undefined || role === 'file' || role === 'folder') return [];
    return typeof scalar.value === 'string' && scalar.value !== ''
      ? [{ role, text: scalar.value, scalar, path }]
      : [];
  });
}

/** The two parts of `mnist.train`. Without a dot there is no split. */
export function splitName(text: string): { readonly dataset: string; readonly split: string | undefined } {
  const dot = text.indexOf('.');
  return dot === -1
    ? { dataset: text, split: undefined }
    : { dataset: text.slice(0, dot), split: text.slice(dot + 1) };
}
