import type { DatasetSpec } from '../spec/datasets.js';

/** A file or folder of the user's that a dataset is made of. */
export interface DatasetSource {
  /** Where the specification names it, within the dataset: `['files', 1]`. */
  readonly field: readonly (string | number)[];
  readonly kind: 'file' | 'folder';
  /** Absolute. */
  readonly path: string;
}

/** What a dataset reads from disk; empty for generated data. */
export function datasetSources(spec: DatasetSpec): readonly DatasetSource[] {
  switch (spec.type) {
    case 'gaussian_mixture':
    case 'swiss_roll':
      return [];
    case 'idx': {
      const images: DatasetSource = { field: ['images'], kind: 'file', path: spec.images };
      return spec.labels === undefined
        ? [images]
        : [images, { field: ['labels'], kind: 'file', path: spec.labels }];
    }
    case 'cifar10':
      return spec.files.map((path, index) => ({ field: ['files', index], kind: 'file', path }));
    case 'image_folder':
      return [{ field: ['path'], kind: 'folder', path: spec.path }];
  }
}
