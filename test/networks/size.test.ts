import { describe, expect, test } from 'vitest';

import {
  type CriticOptions,
  type GeneratorOptions,
  placedCritic,
  placedGenerator,
} from '../../src/networks/architectures.js';
import { sizeOfNetwork } from '../../src/networks/size.js';

const generator = (options: GeneratorOptions, shape: readonly number[]) =>
  sized(placedGenerator(options, shape));
const critic = (options: CriticOptions, shape: readonly number[]) => sized(placedCritic(options, shape));

function sized(placed: ReturnType<typeof placedCritic>) {
  if (!placed.ok) throw new Error(placed.error);
  return sizeOfNetwork(placed.value);
}

describe('published numbers of parameters', () => {
  // PyTorch's DCGAN example, which has the layers of the WGAN reference code: nz 100, ngf 64, ndf 64, 64x64x3. The numbers are those that
  // torchsummary prints of it, as in several public repositories.
  test('DCGAN at 64x64', () => {
    const shape = [64, 64, 3];
    expect(generator({ type: 'dcgan_generator', z_dim: 100, ngf: 64, norm: 'batch' }, shape).parameters).toBe(
      3_576_704,
    );
    expect(critic({ type: 'dcgan_critic', ndf: 64, norm: 'batch' }, shape).parameters).toBe(2_765_568);
  });

  // The same layers as SNGAN's at 32x32 in mimicry (ngf 256, ndf 128), less spectral norm: parameters of SNGANGenerator32 and
  // SNGANDiscriminator32 of torch-mimicry 0.1.16 (PyPI), counted by PyTorch.
  test('the ResNets of gan_cifar_resnet.py', () => {
    const options = { layout: 'cifar', norm: 'batch' } as const;
    const shape = [32, 32, 3];
    expect(generator({ type: 'resnet_generator', z_dim: 128, ngf: 256, ...options }, shape).parameters).toBe(
      4_276_739,
    );
    expect(critic({ type: 'resnet_critic', ndf: 128, layout: 'cifar', norm: 'none' }, shape).parameters).toBe(
      1_053_825,
    );
  });

  // He et al. 2015, table 6, in millions; nine of the ten outputs are left out here.
  test.each([
    [20, 0.27],
    [32, 0.46],
    [44, 0.66],
    [56, 0.85],
    [110, 1.7],
  ] as const)('a ResNet of %i layers', (depth, millions) => {
    const { parameters } = critic(
      { type: 'deep_resnet_critic', depth, width: 16, norm: 'batch', residual_scale: 1 },
      [32, 32, 3],
    );
    const digits = millions < 1 ? 2 : 1;
    expect(((parameters + 9 * 65) / 1e6).toFixed(digits)).toBe(millions.toFixed(digits));
  });
});

describe('multiply-adds of a sample', () => {
  test('of dense layers, each weight once', () => {
    const mlp = { hidden: [5, 7], activation: 'relu', norm: 'layer' } as const;
    expect(generator({ type: 'mlp_generator', z_dim: 3, ...mlp }, [2]).multiplyAdds).toBe(
      3 * 5 + 5 * 7 + 7 * 2,
    );
    expect(critic({ type: 'mlp_critic', ...mlp }, [4, 4, 1]).multiplyAdds).toBe(16 * 5 + 5 * 7 + 7);
  });

  test('of convolutions, each weight once a pixel: of what comes out, or of what is doubled', () => {
    expect(critic({ type: 'dcgan_critic', ndf: 8, norm: 'batch' }, [16, 16, 3]).multiplyAdds).toBe(
      8 ** 2 * (16 * 3 * 8) + 4 ** 2 * (16 * 8 * 16) + 4 ** 2 * 16,
    );
    expect(
      generator({ type: 'dcgan_generator', z_dim: 10, ngf: 8, norm: 'batch' }, [16, 16, 3]).multiplyAdds,
    ).toBe(10 * (4 ** 2 * 16) + 4 ** 2 * (16 * 16 * 8) + 8 ** 2 * (16 * 8 * 3));
  });

  // He et al. 2015, section 4.2: the plain network of 20 layers; 3x3 convolutions at 32, 16 and 8 pixels.
  test('of the ResNet of 20 layers, whose shortcuts cost nothing', () => {
    const { multiplyAdds } = critic(
      { type: 'deep_resnet_critic', depth: 20, width: 16, norm: 'none', residual_scale: 1 },
      [32, 32, 3],
    );
    const at = (side: number, from: number, to: number) => side ** 2 * 9 * from * to;
    expect(multiplyAdds).toBe(
      at(32, 3, 16) +
        6 * at(32, 16, 16) +
        at(16, 16, 32) +
        5 * at(16, 32, 32) +
        at(8, 32, 64) +
        5 * at(8, 64, 64) +
        64,
    );
  });

  test('of sequences, a kernel has one row', () => {
    expect(critic({ type: 'resnet1d_critic', width: 6, blocks: 1, norm: 'none' }, [7, 5]).multiplyAdds).toBe(
      7 * (5 * 6 + 2 * 5 * 6 * 6) + 7 * 6,
    );
  });
});
