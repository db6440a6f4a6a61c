import { err, ok, type Result } from '../base/result.js';
import type { Initialiser } from './initialisers.js';
import type { Layer, ResidualLayer } from './layers.js';
import { placePlain, type Place } from './place-layer.js';
import type { LayerProblem, PlacedLayer, PlacedNetwork } from './placed-layers.js';
import { describeShape, sameShape, type Shape } from './shape.js';

/** What layers find that have nothing of their own. */
interface Surroundings {
  readonly input: Shape;
  readonly initial: Initialiser;
  /** Before the names of layers: that of the block, and `/`. */
  readonly prefix: string;
  readonly names: Names;
}

/** Layers one after another, each given what the one before it makes; or where they do not fit. */
export function placeLayers(
  layers: readonly Layer[],
  input: Shape,
  initial: Initialiser,
): Result<PlacedNetwork, LayerProblem> {
  const placed = placeAll(layers, { input, initial, prefix: '', names: new Names() });
  if (!placed.ok) return placed;
  return ok({ layers: placed.value, inputShape: input, outputShape: outputOf(placed.value, input) });
}

/** What comes out of the last of them. */
function outputOf(layers: readonly PlacedLayer[], input: Shape): Shape {
  return layers.at(-1)?.outputShape ?? input;
}

function placeAll(
  layers: readonly Layer[],
  { input, ...surroundings }: Surroundings,
): Result<readonly PlacedLayer[], LayerProblem> {
  const placed: PlacedLayer[] = [];
  for (const [index, layer] of layers.entries()) {
    const next = placeOne(layer, { ...surroundings, input: outputOf(placed, input) });
    if (!next.ok) return err({ ...next.error, path: [index, ...next.error.path] });
    placed.push(next.value);
  }
  return ok(placed);
}

function placeOne(layer: Layer, surroundings: Surroundings): Result<PlacedLayer, LayerProblem> {
  const { input, initial, prefix, names } = surroundings;
  const name = names.of(layer, prefix);
  if (name === undefined) {
    return err({
      path: [],
      message: `two layers are called \`${'name' in layer ? `${prefix}${layer.name ?? ''}` : ''}\``,
      help: 'give one of them another name, or none',
    });
  }
  const place: Place = { input, initial, name };
  if (layer.type === 'residual') return placeResidual(layer, place);
  const placed = placePlain(layer, place);
  return placed.ok ? placed : err({ ...placed.error, path: [], isOfInput: true });
}

function placeResidual(
  layer: ResidualLayer,
  { input, initial, name }: Place,
): Result<PlacedLayer, LayerProblem> {
  const inside: Surroundings = { input, initial, prefix: `${name}/`, names: new Names() };
  const layers = placeAll(layer.layers, inside);
  if (!layers.ok) return err({ ...layers.error, path: ['layers', ...layers.error.path] });
  const shortcut = placeAll(layer.shortcut, inside);
  if (!shortcut.ok) return err({ ...shortcut.error, path: ['shortcut', ...shortcut.error.path] });
  const [changed, passed] = [outputOf(layers.value, input), outputOf(shortcut.value, input)];
  if (!sameShape(changed, passed)) {
    return err({
      path: [],
      message: `the layers of \`${name}\` make ${describeShape(changed)}, and what goes past them is ${describeShape(passed)}`,
      help: 'let `shortcut` have layers that make the same shape',
    });
  }
  const inner = [...shortcut.value, ...layers.value];
  return ok({
    type: 'residual',
    layers: layers.value,
    shortcut: shortcut.value,
    scale: layer.scale,
    inputShape: input,
    outputShape: passed,
    parameters: inner.flatMap(({ parameters }) => parameters),
    multiplyAdds: inner.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
  });
}

/** The names of the layers of one list, or of one block. */
class Names {
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set<string>();

  /** The layer's own name, or its type with a number, as `conv2`; undefined where another one has it. */
  of(layer: Layer, prefix: string): string | undefined {
    if (!hasParameters(layer)) return `${prefix}${layer.type}`;
    const count = (this.#counts.get(layer.type) ?? 0) + 1;
    this.#counts.set(layer.type, count);
    const name = layer.name ?? `${layer.type}${count}`;
    if (this.#taken.has(name)) return undefined;
    this.#taken.add(name);
    return `${prefix}${name}`;
  }
}

type LayerWithParameters = Extract<Layer, { readonly name?: string }>;

function hasParameters(layer: Layer): layer is LayerWithParameters {
  return ['dense', 'conv', 'conv_transpose', 'norm', 'class_embedding', 'residual'].includes(layer.type);
}
