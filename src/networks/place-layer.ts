import { invariant } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import { sizeOf } from '../base/shape.js';
import { biasInitialOf, initialOf, type Initialiser } from './initialisers.js';
import type {
  ClassEmbeddingLayer,
  ConvLayer,
  ConvTransposeLayer,
  DenseLayer,
  LocationScaleLayer,
  NormLayer,
  ParallelLineLayer,
  PlainLayer,
  ReshapeLayer,
  SubsampleLayer,
} from './layers.js';
import type { Initial, Parameter } from './parameter.js';
import type { LayerProblem, PlacedLayer } from './placed-layers.js';
import { describeShape, type Shape } from './shape.js';

export type Placing = Result<PlacedLayer, Pick<LayerProblem, 'message' | 'help'>>;

/** What a layer finds at its place. */
export interface Place {
  readonly input: Shape;
  /** Of the layer, with that of its block. */
  readonly name: string;
  /** Of layers that have none of their own. */
  readonly initial: Initialiser;
}

/** A layer with the sizes that what is given to it asks for; or why it cannot be given that. */
export function placePlain(layer: PlainLayer, place: Place): Placing {
  const { input } = place;
  switch (layer.type) {
    case 'dense':
      return placeDense(layer, place);
    case 'conv':
      return placeConvolution(layer, place);
    case 'conv_transpose':
      return placeTransposed(layer, place);
    case 'norm':
      return placeNorm(layer, place);
    case 'activation':
      return ok({ ...withoutWeights(input, input), type: layer.type, activation: layer.activation });
    case 'reshape':
      return placeReshape(layer, input);
    case 'flatten':
      return ok({ ...withoutWeights(input, [sizeOf(input)]), type: 'reshape' });
    case 'upsample':
      return onImage(layer.type, input, ({ height, width, channels }) =>
        ok({ ...withoutWeights(input, [2 * height, 2 * width, channels]), type: layer.type }),
      );
    case 'mean_pool':
      return onImage(layer.type, input, ({ height, width, channels }) =>
        height % 2 === 0 && width % 2 === 0
          ? ok({ ...withoutWeights(input, [height / 2, width / 2, channels]), type: layer.type })
          : err({
              message: `\`mean_pool\` halves the sides of an image, and is given ${describeShape(input)}`,
              help: 'give it even sides',
            }),
      );
    case 'global_mean_pool':
      return onImage(layer.type, input, ({ channels }) =>
        ok({ ...withoutWeights(input, [channels]), type: layer.type }),
      );
    case 'subsample':
      return placeSubsample(layer, input);
    case 'parallel_line':
    case 'location_scale':
      return placeFormula(layer, input);
    case 'class_embedding':
      return placeClassEmbedding(layer, place);
  }
}

function placeDense(layer: DenseLayer, place: Place): Placing {
  const { units } = layer;
  const [inputs = 1] = place.input;
  if (place.input.length !== 1) {
    return err({
      message: `\`${place.name}\` is dense, so it takes a vector, and is given ${describeShape(place.input)}`,
      help: 'put {type: flatten} before it',
    });
  }
  const { parameters, ...weights } = weightsOf(layer, place, {
    kind: 'weights',
    shape: [inputs, units],
    units,
    fanIn: inputs,
    fanOut: units,
  });
  const embedding = layer.classes === undefined ? undefined : projectionOf(layer, place, layer.classes);
  return ok({
    ...weights,
    parameters: embedding ? [...parameters, embedding] : parameters,
    type: 'dense',
    embedding,
    inputShape: place.input,
    outputShape: [units],
    multiplyAdds: inputs * units + (embedding ? inputs : 0),
  });
}

/** Drawn as the weights that it stands beside. */
function projectionOf(
  { units, initial: own }: DenseLayer,
  { input, name, initial: common }: Place,
  classes: number,
): Parameter {
  invariant(units === 1, 'a projection is added to one unit');
  const [inputs = 1] = input;
  return {
    name: `${name}/embedding`,
    shape: [classes, inputs],
    initial: initialOf(own ?? common, inputs, classes),
    ofClasses: true,
  };
}

/** Drawn as what stands before it is, from N(0, 1): a latent vector. */
function placeClassEmbedding({ classes, dimensions }: ClassEmbeddingLayer, { input, name }: Place): Placing {
  const [inputs = 1] = input;
  const embedding: Parameter = {
    name: `${name}/embedding`,
    shape: [classes, dimensions],
    initial: { type: 'normal', mean: 0, std: 1 },
    ofClasses: true,
  };
  return ok({
    ...withoutWeights(input, [inputs + dimensions]),
    type: 'class_embedding',
    embedding,
    parameters: [embedding],
  });
}

function placeConvolution(layer: ConvLayer, place: Place): Placing {
  const { channels, stride } = layer;
  return onImage(place.name, place.input, (image) => {
    const kernel = [image.height === 1 ? 1 : layer.kernel, layer.kernel];
    const area = sizeOf(kernel);
    const fanIn = image.channels * area;
    const [height, width] = [Math.ceil(image.height / stride), Math.ceil(image.width / stride)];
    return ok({
      ...weightsOf(layer, place, {
        kind: 'filters',
        shape: [...kernel, image.channels, channels],
        units: channels,
        fanIn,
        fanOut: (channels * area) / stride ** 2,
      }),
      type: 'conv',
      stride,
      inputShape: place.input,
      outputShape: [height, width, channels],
      multiplyAdds: height * width * fanIn * channels,
    });
  });
}

function placeTransposed(layer: ConvTransposeLayer, place: Place): Placing {
  const { channels, kernel } = layer;
  return onImage(place.name, place.input, (image) => {
    const fanOut = channels * kernel ** 2;
    return ok({
      ...weightsOf(layer, place, {
        kind: 'filters',
        shape: [kernel, kernel, channels, image.channels],
        units: channels,
        fanIn: (image.channels * kernel ** 2) / 4,
        fanOut,
      }),
      type: 'conv_transpose',
      inputShape: place.input,
      outputShape: [2 * image.height, 2 * image.width, channels],
      multiplyAdds: image.height * image.width * image.channels * fanOut,
    });
  });
}

interface WeightSizes {
  readonly kind: 'weights' | 'filters';
  readonly shape: Shape;
  /** Biases. */
  readonly units: number;
  readonly fanIn: number;
  readonly fanOut: number;
}

function weightsOf(
  { bias: hasBias, biasAsWeights, initial: own }: DenseLayer | ConvLayer | ConvTransposeLayer,
  { name, initial: common }: Place,
  { kind, shape, units, fanIn, fanOut }: WeightSizes,
) {
  const initialiser = own ?? common;
  const initial = initialOf(initialiser, fanIn, fanOut);
  const weights: Parameter = { name: `${name}/${kind}`, shape, initial };
  const bias: Parameter = {
    name: `${name}/bias`,
    shape: [units],
    initial: biasAsWeights ? initial : biasInitialOf(initialiser, initial),
  };
  return hasBias
    ? { weights, bias, parameters: [weights, bias] }
    : { weights, bias: undefined, parameters: [weights] };
}

function placeNorm({ norm, classes }: NormLayer, { input, name }: Place): Placing {
  const channels = input.at(-1) ?? 1;
  if (norm === 'instance' && input.length === 1) {
    return err({
      message: `\`${name}\` is an instance norm, so it takes an image, and is given ${describeShape(input)}`,
      help: 'write `norm: layer`, or another norm',
    });
  }
  const scale: Initial =
    norm === 'batch' ? { type: 'normal', mean: 1, std: 0.02 } : { type: 'constant', value: 1 };
  const of: Pick<Parameter, 'shape' | 'ofClasses'> =
    classes === undefined ? { shape: [channels] } : { shape: [classes, channels], ofClasses: true };
  const gamma: Parameter = { name: `${name}/gamma`, ...of, initial: scale };
  const beta: Parameter = { name: `${name}/beta`, ...of, initial: { type: 'constant', value: 0 } };
  return ok({ ...withoutWeights(input, input), type: 'norm', norm, gamma, beta, parameters: [gamma, beta] });
}

function placeReshape({ shape }: ReshapeLayer, input: Shape): Placing {
  return sizeOf(shape) === sizeOf(input)
    ? ok({ ...withoutWeights(input, shape), type: 'reshape' })
    : err({
        message: `\`reshape\` to ${shape.join('x')} takes ${sizeOf(shape)} values, and is given ${describeShape(input)}${
          input.length > 1 ? `, which are ${sizeOf(input)}` : ''
        }`,
        help: 'give both as many values',
      });
}

function placeSubsample({ channels }: SubsampleLayer, input: Shape): Placing {
  return onImage('subsample', input, (image) =>
    channels >= image.channels
      ? ok({
          ...withoutWeights(input, [Math.ceil(image.height / 2), Math.ceil(image.width / 2), channels]),
          type: 'subsample',
        })
      : err({
          message: `\`subsample\` leaves ${channels} channels, and is given ${describeShape(input)}`,
          help: `write \`channels: ${image.channels}\`, or more`,
        }),
  );
}

/** Its weights are of one value each, and are called as they are in the formula. */
function placeFormula(layer: ParallelLineLayer | LocationScaleLayer, input: Shape): Placing {
  const weightOf = (name: string, value: number): Parameter => ({
    name,
    shape: [1],
    initial: { type: 'constant', value },
  });
  if (layer.type === 'parallel_line') {
    const theta = weightOf('theta', layer.theta);
    return ok({ ...withoutWeights(input, [2]), type: layer.type, theta, parameters: [theta] });
  }
  const [mean, std] = [weightOf('mean', layer.mean), weightOf('std', layer.std)];
  return ok({ ...withoutWeights(input, [1]), type: layer.type, mean, std, parameters: [mean, std] });
}

interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function onImage(name: string, input: Shape, place: (image: Image) => Placing): Placing {
  const [height, width, channels] = input;
  return height === undefined || width === undefined || channels === undefined
    ? err({
        message: `\`${name}\` takes an image, and is given ${describeShape(input)}`,
        help: 'put a reshape to [height, width, channels] before it; a sequence is an image of one row',
      })
    : place({ height, width, channels });
}

const withoutWeights = (inputShape: Shape, outputShape: Shape) => ({
  inputShape,
  outputShape,
  parameters: [],
  multiplyAdds: 0,
});
