import { err, ok, type Result } from '../base/result.js';
import { sizeOf } from '../base/shape.js';
import { conditionalCritic, conditionalGenerator, type GeneratorCondition } from './conditions.js';
import { dcganCritic, dcganGenerator, pyramidOf } from './dcgan.js';
import { deepResnetCritic, deepResnetSuits, type ResnetDepth } from './deep-resnet.js';
import {
  type ExplicitCritic,
  explicitCritic,
  type ExplicitGenerator,
  explicitGenerator,
} from './explicit.js';
import { type FormulaGenerator, formulaLayers, isFormula } from './formulas.js';
import type { Initialiser } from './initialisers.js';
import { type Activation, activation, flatten, type Layer, type Norm, reshape } from './layers.js';
import { fanInUniform, hiddenLayers, linear } from './mlp.js';
import { placeLayers } from './place.js';
import type { LayerProblem, PlacedNetwork } from './placed-layers.js';
import { resnetCritic, resnetGenerator, resnetImagesOf, type ResnetLayout } from './resnet.js';
import { resnet1dCritic, resnet1dGenerator, sequenceOf } from './resnet1d.js';
import type { SampleShape } from './shape.js';

interface Mlp {
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly norm: Exclude<Norm, 'instance'>;
}

interface Sequential {
  readonly width: number;
  readonly blocks: number;
}

/** How weights are drawn at first: as the preset has it, unless given. */
interface Drawn {
  readonly initial?: Initialiser;
}

export type GeneratorOptions = LatentGenerator | FormulaGenerator;

/** Of latent vectors of as many values as it says. */
export type LatentGenerator = { readonly z_dim: number } & Drawn &
  (
    | ({ readonly type: 'mlp_generator' } & Mlp)
    | {
        readonly type: 'dcgan_generator';
        readonly ngf: number;
        readonly norm: Norm;
        readonly extra_layers?: number;
      }
    | {
        readonly type: 'resnet_generator';
        readonly ngf: number;
        readonly layout: ResnetLayout;
        readonly norm: Norm;
      }
    | ({ readonly type: 'resnet1d_generator' } & Sequential)
    | Omit<ExplicitGenerator, 'z_dim'>
  );

export type CriticOptions = Drawn &
  (
    | ({ readonly type: 'mlp_critic' } & Mlp)
    | {
        readonly type: 'dcgan_critic';
        readonly ndf: number;
        readonly norm: Norm;
        readonly extra_layers?: number;
      }
    | {
        readonly type: 'resnet_critic';
        readonly ndf: number;
        readonly layout: ResnetLayout;
        readonly norm: Norm;
      }
    | {
        readonly type: 'deep_resnet_critic';
        readonly depth: ResnetDepth;
        readonly width: number;
        readonly norm: Norm;
        readonly residual_scale: number;
      }
    | ({ readonly type: 'resnet1d_critic'; readonly norm: Norm } & Sequential)
    | ExplicitCritic
  );

/**
 * The networks of the WGAN reference code (github.com/martinarjovsky/WassersteinGAN, models/) and of improved_wgan_training: latent
 * vectors of z_dim values to samples. Images end in tanh (the reference's MLP has none), points in a linear unit, sequences
 * in a softmax; layers that are listed are all there are, and what is a formula is one layer of one latent value. An error says why the architecture cannot make samples of this shape.
 *
 * @param condition Of a generator that is told classes.
 */
export function placedGenerator(
  options: GeneratorOptions,
  sample: SampleShape,
  condition?: GeneratorCondition,
): Result<PlacedNetwork, string> {
  if (options.type === 'layers_generator') return messageOf(explicitGenerator(options, sample, condition));
  if (isFormula(options)) {
    if (condition) return err('a generator that is a formula is told no classes');
    const layers = formulaLayers(options, sample);
    return layers.ok ? placed(layers, [1]) : layers;
  }
  const layers = generatorLayers(options, sample);
  if (!layers.ok) return layers;
  const end = sample.length === 3 ? [activation('tanh')] : [];
  const all = [...drawnBy(layers.value, options.initial), ...end];
  return placed(condition ? conditionalGenerator(all, condition) : ok(all), [options.z_dim]);
}

function generatorLayers(
  options: Exclude<LatentGenerator, { type: 'layers_generator' }>,
  sample: SampleShape,
): Result<readonly Layer[], string> {
  switch (options.type) {
    case 'mlp_generator':
      if (sample.length === 2) return err('an MLP does not end in distributions over tokens');
      return ok([
        ...hiddenLayers(options.hidden, options),
        linear('output', sizeOf(sample)),
        reshape(sample),
      ]);
    case 'dcgan_generator':
      return layersFor(pyramidOf(sample), (pyramid) => dcganGenerator(options, pyramid));
    case 'resnet_generator':
      return layersFor(resnetImagesOf(sample), (images) => resnetGenerator(options, images));
    case 'resnet1d_generator':
      return layersFor(sequenceOf(sample), (sequence) => resnet1dGenerator(options, sequence));
  }
}

/**
 * Samples to one score each by a linear unit: no sigmoid, whatever the objective.
 *
 * @param classes Of a critic that is told them.
 */
export function placedCritic(
  options: CriticOptions,
  sample: SampleShape,
  classes?: number,
): Result<PlacedNetwork, string> {
  if (options.type === 'layers_critic') return messageOf(explicitCritic(options, sample, classes));
  const layers = criticLayers(options, sample);
  if (!layers.ok) return layers;
  return placed(conditionalCritic(drawnBy(layers.value, options.initial), classes), sample);
}

function criticLayers(
  options: Exclude<CriticOptions, { type: 'layers_critic' }>,
  sample: SampleShape,
): Result<readonly Layer[], string> {
  switch (options.type) {
    case 'mlp_critic':
      return ok([flatten, ...hiddenLayers(options.hidden, options), linear('output', 1)]);
    case 'dcgan_critic':
      return layersFor(pyramidOf(sample), (pyramid) => dcganCritic(options, pyramid));
    case 'resnet_critic':
      return layersFor(resnetImagesOf(sample), (images) => resnetCritic(options, images));
    case 'deep_resnet_critic':
      return layersFor(deepResnetSuits(sample), () => deepResnetCritic(options));
    case 'resnet1d_critic':
      return layersFor(sequenceOf(sample), (sequence) => resnet1dCritic(options, sequence));
  }
}

/** The layers with other first weights than the preset's own. */
function drawnBy<L extends Layer>(layers: readonly L[], initial: Initialiser | undefined): readonly L[] {
  if (initial === undefined) return layers;
  return layers.map((layer) => {
    if (layer.type === 'residual') {
      return {
        ...layer,
        layers: drawnBy(layer.layers, initial),
        shortcut: drawnBy(layer.shortcut, initial),
      };
    }
    return 'bias' in layer ? { ...layer, initial } : layer;
  });
}

/** The layers for what the samples are; or why there are none. */
function layersFor<T>(
  found: Result<T, string>,
  layers: (found: T) => readonly Layer[],
): Result<readonly Layer[], string> {
  return found.ok ? ok(layers(found.value)) : found;
}

function placed(
  layers: Result<readonly Layer[], LayerProblem>,
  input: SampleShape,
): Result<PlacedNetwork, string> {
  return messageOf(layers.ok ? placeLayers(layers.value, input, fanInUniform) : layers);
}

const messageOf = (placed: Result<PlacedNetwork, LayerProblem>): Result<PlacedNetwork, string> =>
  placed.ok ? placed : err(placed.error.message);
