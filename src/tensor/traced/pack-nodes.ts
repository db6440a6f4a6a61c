import { required } from '../../base/invariant.js';
import { type Attributes, float32, type Graph, int32, type Output } from './graph.js';
import { aligned, alignment, isAlone, type Pack } from './packs.js';

type ByParameter = Readonly<Record<string, Output>>;

/** The parameters, each in its shape, from the value of the variable that they lie in. */
export function parametersOf(graph: Graph, prefix: string, pack: Pack, value: Output): ByParameter {
  if (isAlone(pack)) return { [required(pack.places[0], 'a parameter').parameter.name]: value };
  // Rows of 64 bytes: TensorFlow splits such a matrix without copying it.
  const rows = reshaped(graph, `${prefix}/rows`, value, [-1, alignment]);
  const sizes = Int32Array.from(pack.places, ({ size }) => aligned(size) / alignment);
  const parts = graph.add(
    `${prefix}/parts`,
    'SplitV',
    [rows, graph.constant(sizes, [sizes.length]), graph.constant(Int32Array.of(0), [])],
    { T: float32, Tlen: int32, num_split: { i: sizes.length } },
  );
  return Object.fromEntries(
    pack.places.map(({ parameter, size }, index) => {
      const name = `${prefix}/${parameter.name}`;
      const part = index === 0 ? parts : `${parts}:${index}`;
      const full = size === aligned(size) ? part : first(graph, `${name}/part`, part, size);
      return [parameter.name, reshaped(graph, name, full, parameter.shape)];
    }),
  );
}

/** One value of the variable's shape, from one of each parameter. */
export function together(graph: Graph, prefix: string, pack: Pack, values: ByParameter): Output {
  const valueOf = (name: string) => required(values[name], `gradient of ${name}`);
  if (isAlone(pack)) return valueOf(required(pack.places[0], 'a parameter').parameter.name);
  const parts = pack.places.flatMap(({ parameter, size }) => {
    const value = valueOf(parameter.name);
    const flat =
      parameter.shape.length === 1 ? value : reshaped(graph, `${prefix}/${parameter.name}`, value, [-1]);
    const rest = aligned(size) - size;
    return rest === 0 ? [flat] : [flat, graph.constant(new Float32Array(rest), [rest])];
  });
  const attributes: Attributes = { T: float32, Tidx: int32, N: { i: parts.length } };
  return graph.add(
    `${prefix}/together`,
    'ConcatV2',
    [...parts, graph.constant(Int32Array.of(0), [])],
    attributes,
  );
}

function reshaped(graph: Graph, name: string, value: Output, shape: readonly number[]): Output {
  const to = graph.constant(Int32Array.from(shape), [shape.length]);
  return graph.add(name, 'Reshape', [value, to], { T: float32, Tshape: int32 });
}

/** The first elements of a matrix, as a vector. */
function first(graph: Graph, name: string, value: Output, size: number): Output {
  const flat = reshaped(graph, `${name}/flat`, value, [-1]);
  const [begin, sizes] = [graph.constant(Int32Array.of(0), [1]), graph.constant(Int32Array.of(size), [1])];
  return graph.add(name, 'Slice', [flat, begin, sizes], { T: float32, Index: int32 });
}
