/**
 * Names that other libraries use for our fields: torch, Keras, the WGAN reference code, StudioGAN, compare_gan,
 * mimicry. A name that no typing error explains is looked up here. Of several candidates, the first that the map
 * has is meant.
 */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  n_critic: ['critic_iterations'],
  ncritic: ['critic_iterations'],
  critic_iters: ['critic_iterations'],
  disc_iters: ['critic_iterations'],
  d_iters: ['critic_iterations'],
  diters: ['critic_iterations'],
  clip_value: ['clip'],
  weight_clip: ['clip'],
  clip_range: ['clip'],
  clamp: ['clip'],
  learning_rate: ['lr'],
  alpha: ['rho'],
  decay: ['rho'],
  eps: ['epsilon'],
  betas: ['beta1'],
  nz: ['z_dim'],
  noise_dim: ['z_dim'],
  latent: ['z_dim'],
  latent_dim: ['z_dim'],
  discriminator: ['critic'],
  loss: ['objective'],
  steps: ['budget', 'generator_steps'],
  iterations: ['budget', 'generator_steps'],
  max_steps: ['budget', 'generator_steps'],
  num_steps: ['budget', 'generator_steps'],
  num_epochs: ['budget', 'epochs'],
  layers: ['hidden'],
  units: ['hidden'],
  width: ['hidden'],
  data: ['dataset', 'datasets'],
  networks: ['architectures'],
  models: ['architectures'],
  variables: ['vars'],
  params: ['vars'],
  jobs: ['stages'],
  tasks: ['stages'],
  steps_every: ['every'],
  n_samples: ['samples', 'count'],
  num_samples: ['samples', 'count'],
  samples: ['count'],
  count: ['samples'],
  random_seed: ['seed'],
  description: ['desc'],
  comment: ['desc'],
  deps: ['needs'],
  depends_on: ['needs'],
  size: ['resize'],
  image_size: ['resize'],
  resolution: ['resize'],
  root: ['path'],
  dir: ['path'],
  folder: ['path'],
  sigma: ['std'],
};

/** The one of these keys that people call `word` elsewhere. */
export function synonymOf(word: string, keys: readonly string[]): string | undefined {
  const name = word.toLowerCase().replaceAll('-', '_');
  const candidates = Object.hasOwn(synonyms, name) ? (synonyms[name] ?? []) : [];
  return candidates.find((candidate) => keys.includes(candidate));
}
