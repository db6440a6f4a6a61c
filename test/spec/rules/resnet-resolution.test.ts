import { type Changes, onDigits, testLaw } from './support.js';

const critics = {
  resnet: { type: 'resnet_critic', ndf: 8 },
  deep: { type: 'deep_resnet_critic', depth: 20 },
} as const;

const generator = { type: 'resnet_generator', z_dim: 8, ngf: 8 };

function onImages(resize: number | undefined, architectures: Changes): Changes {
  const digits = onDigits(resize === undefined ? {} : { resize });
  return {
    ...digits,
    architectures: { ...(digits['architectures'] as Changes | undefined), ...architectures },
  };
}

testLaw('resnet-resolution', {
  keeps: [
    onImages(32, { generator, critic: critics.resnet }),
    onImages(8, { generator }),
    onImages(28, { critic: critics.deep }),
    onImages(undefined, { generator }),
  ],
  breaks: [
    [{ architectures: { generator } }, 'generator'],
    [{ architectures: { critic: critics.resnet } }, 'critic'],
    [{ architectures: { critic: critics.deep } }, 'critic'],
    [onImages(28, { critic: critics.resnet }), '28'],
    [onImages(24, { generator }), '24'],
    [
      {
        datasets: {
          ring: {
            type: 'shapes',
            layout: undefined,
            modes: undefined,
            radius: undefined,
            std: undefined,
            side: 20,
          },
        },
        architectures: { critic: critics.resnet },
      },
      '20',
    ],
    [onImages(30, { critic: critics.deep }), '30'],
  ],
});
