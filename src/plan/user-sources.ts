import type { CommandStage } from '../spec/command-stage.js';
import type { ExtractorStage } from '../spec/extractor-stage.js';
import type { DatasetSpec } from '../spec/datasets.js';

/** A file or folder of the user's whose content decides a result. */
export interface UserSource {
  /** Where the specification names it, within its declaration: `['files', 1]`. */
  readonly field: readonly (string | number)[];
  /** `data`: either of the two. */
  readonly kind: 'file' | 'folder' | 'data';
  /** Absolute. */
  readonly path: string;
}

/** What a dataset reads from disk; empty for generated data. */
export function datasetSources(spec: DatasetSpec): readonly UserSource[] {
  switch (spec.type) {
    case 'gaussian_mixture':
    case 'swiss_roll':
    case 'parallel_lines':
    case 'gaussian':
    case 'shapes':
      return [];
    case 'idx': {
      const images: UserSource = { field: ['images'], kind: 'file', path: spec.images };
      return spec.labels === undefined
        ? [images]
        : [images, { field: ['labels'], kind: 'file', path: spec.labels }];
    }
    case 'cifar10':
      return spec.files.map((path, index) => ({ field: ['files', index], kind: 'file', path }));
    case 'image_folder':
      return [{ field: ['path'], kind: 'folder', path: spec.path }];
    case 'text':
      return [{ field: ['path'], kind: 'file', path: spec.path }];
  }
}

/** The network of an extractor: a folder of files, of which any may count. */
export function extractorSources({ network }: Pick<ExtractorStage, 'network'>): readonly UserSource[] {
  return [{ field: ['network', 'path'], kind: 'folder', path: network.path }];
}

/** What a command says that it reads. */
export function commandSources({ deps }: Pick<CommandStage, 'deps'>): readonly UserSource[] {
  return deps.map((path, index) => ({ field: ['deps', index], kind: 'data', path }));
}
