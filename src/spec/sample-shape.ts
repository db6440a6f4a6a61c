import type { SampleShape } from '../networks/shape.js';
import type { SoundFields } from './checked.js';
import type { DatasetSpec } from './datasets.js';

/** The shape of one sample, as far as the specification tells: the rest is in the data files. */
export type StaticShape =
  | { readonly kind: 'points'; readonly dimensions: number }
  | { readonly kind: 'images'; readonly side: number | undefined; readonly channels: number }
  | { readonly kind: 'sequences'; readonly length: number; readonly tokens: 'character' | 'word' };

export function sampleShape(dataset: SoundFields<DatasetSpec>): StaticShape | undefined {
  switch (dataset.type) {
    case 'gaussian_mixture':
    case 'swiss_roll':
    case 'parallel_lines':
      return { kind: 'points', dimensions: 2 };
    case 'gaussian':
      return { kind: 'points', dimensions: 1 };
    case 'shapes':
      return dataset.side === undefined || dataset.colours === undefined
        ? undefined
        : { kind: 'images', side: dataset.side, channels: isGrey(dataset.colours) ? 1 : 3 };
    case 'idx':
      return { kind: 'images', side: dataset.resize, channels: 1 };
    case 'cifar10':
      return { kind: 'images', side: dataset.resize ?? 32, channels: 3 };
    case 'image_folder':
      return dataset.resize === undefined || dataset.channels === undefined
        ? undefined
        : { kind: 'images', side: dataset.resize, channels: dataset.channels };
    case 'text':
      return dataset.length === undefined || dataset.tokens === undefined
        ? undefined
        : { kind: 'sequences', length: dataset.length, tokens: dataset.tokens };
  }
}

/** The same as networks see it, where all of it is told: how many tokens there are, only the text tells. */
export function wholeShape(shape: StaticShape): SampleShape | undefined {
  switch (shape.kind) {
    case 'points':
      return [shape.dimensions];
    case 'images':
      return shape.side === undefined ? undefined : [shape.side, shape.side, shape.channels];
    case 'sequences':
      return undefined;
  }
}

/** How many classes samples have, as far as the specification tells: labels in files may be of any number. */
export function declaredClasses(dataset: SoundFields<DatasetSpec>): number | undefined {
  switch (dataset.type) {
    case 'gaussian_mixture':
      return dataset.modes;
    case 'shapes': {
      const { kinds, places, colours, classes } = dataset;
      if (kinds === undefined || places === undefined || colours === undefined) return undefined;
      return classes === 'mode' ? kinds.length * places ** 2 * colours.length : kinds.length;
    }
    case 'cifar10':
      return 10;
    case 'swiss_roll':
    case 'parallel_lines':
    case 'gaussian':
    case 'idx':
    case 'image_folder':
    case 'text':
      return undefined;
  }
}

/** Where all that is drawn is white. */
export function isGrey(colours: readonly string[]): boolean {
  return colours.every((colour) => colour === 'white');
}

/** The field that says how large images are. */
export function sideField(dataset: SoundFields<DatasetSpec> | undefined): 'side' | 'resize' {
  return dataset?.type === 'shapes' ? 'side' : 'resize';
}

/** As a message says it: `32x32 images with 3 channels`. */
export function describeShape(shape: StaticShape): string {
  switch (shape.kind) {
    case 'points':
      return `points in ${shape.dimensions} dimensions`;
    case 'images': {
      const size = shape.side === undefined ? 'images' : `${shape.side}x${shape.side} images`;
      return `${size} with ${shape.channels} channel${shape.channels === 1 ? '' : 's'}`;
    }
    case 'sequences':
      return `sequences of ${shape.length} ${shape.tokens}s`;
  }
}

/** Whether the two may be equal, what is unknown being equal to anything. */
export function shapesFit(a: StaticShape, b: StaticShape): boolean {
  switch (a.kind) {
    case 'points':
      return b.kind === 'points' && a.dimensions === b.dimensions;
    case 'images':
      return (
        b.kind === 'images' &&
        a.channels === b.channels &&
        (a.side === undefined || b.side === undefined || a.side === b.side)
      );
    case 'sequences':
      return b.kind === 'sequences' && a.length === b.length && a.tokens === b.tokens;
  }
}
