import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { seededRandom } from '../files/support.js';
import { idxFile } from '../stages/dataset-rig.js';
import { shortened } from './support.js';

/** Writers of pipelines that train for so many generator steps; each answers with the path of its file. */
export function smallPipelines(steps: number): Record<string, (folder: string) => Promise<string>> {
  return {
    'an MLP on the ring': (folder) => shortened('quickstart.yaml', steps, folder),
    'a DCGAN with batch norm on images': async (folder) => {
      const file = join(folder, 'noise-images.yaml');
      await writeFile(join(folder, 'images-idx3-ubyte'), noiseImages());
      await writeFile(file, stringify(dcgan(steps)));
      return file;
    },
  };
}

/** 256 images of 16 by 16 pixels, as an IDX file. */
function noiseImages(): Buffer {
  const random = seededRandom(1);
  const size = [256, 16, 16];
  return idxFile(
    size,
    Uint8Array.from({ length: 256 * 16 * 16 }, () => Math.floor(256 * random())),
  );
}

const dcgan = (steps: number) => ({
  version: 1,
  name: 'noise-images',
  datasets: {
    images: { type: 'idx', images: 'images-idx3-ubyte', splits: { train: 192, test: 64 } },
  },
  architectures: {
    generator: { type: 'dcgan_generator', z_dim: 8, ngf: 8, norm: 'batch' },
    critic: { type: 'dcgan_critic', ndf: 8, norm: 'batch' },
  },
  stages: {
    train: {
      type: 'train',
      dataset: 'images.train',
      generator: 'generator',
      critic: 'critic',
      objective: 'wasserstein',
      critic_iterations: 5,
      clip: 0.01,
      optimizer: { type: 'rmsprop', lr: 5e-4 },
      batch_size: 32,
      budget: { generator_steps: steps },
    },
    quality: {
      type: 'evaluate',
      model: 'train',
      reference: 'images.test',
      samples: 64,
      metrics: { swd: { type: 'sliced_wasserstein', projections: 64 } },
    },
    picture: { type: 'sample', model: 'train', count: 16 },
  },
});
