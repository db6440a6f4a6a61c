import { InternalError, invariant, required } from '../../base/invariant.js';
import { isDeclaredConstant } from '../constants.js';
import { type Attribute, type TensorFlowLibrary } from '../library.js';
import * as tf from '../tf.js';
import { type Attributes, type AttributeValue, type Graph, type GraphType, type Output } from './graph.js';
import type { Fragment, FragmentNode } from './fragment.js';
import { type Recording, withRecording } from './recording-backend.js';
import { ruleOf, type Shape } from './operations.js';

/** What the recorder knows of a tensor, by the identity of its data. */
type Known =
  | { readonly kind: 'output'; readonly output: Output; readonly near: string }
  | {
      readonly kind: 'written';
      readonly values: tf.BackendValues;
      readonly shape: Shape;
      readonly type: GraphType;
    };

/**
 * Takes TensorFlow's place as TensorFlow.js's backend, and writes down which operations it would be told to execute.
 * Nothing is computed: tensors have a shape, and no values.
 *
 * Everything that an operation reads has to be an input of the recording, an output of another operation, or a constant:
 * one that was declared, or int32 and made meanwhile, as TensorFlow.js makes axes and sizes. All else is an error.
 */
class Recorder implements Recording {
  readonly nodes: FragmentNode[] = [];
  readonly #what: string;
  readonly #graph: Graph;
  readonly #binding: TensorFlowLibrary['binding'];
  readonly #known = new WeakMap<object, Known>();
  /** How many tensors share the data, as TensorFlow.js's count of its tensors wants to know. */
  readonly #references = new WeakMap<object, number>();
  /** The input that was read last: it tells about where in a network an operation is. */
  #near = 'the beginning';

  constructor(what: string, graph: Graph, binding: TensorFlowLibrary['binding']) {
    this.#what = what;
    this.#graph = graph;
    this.#binding = binding;
  }

  input(name: string, shape: Shape): tf.Tensor {
    return this.#tensor({ kind: 'output', output: `@${name}`, near: name }, shape, 'float32');
  }

  outputOf({ dataId }: tf.Tensor): Output {
    const known = this.#known.get(dataId);
    invariant(known?.kind === 'output', `${this.#what} returns a tensor that it did not compute`);
    return known.output;
  }

  write(values: tf.BackendValues, shape: Shape, type: tf.DataType): object {
    invariant(type === 'float32' || type === 'int32', `${this.#what} makes a tensor of ${type}`);
    const dataId = {};
    this.#known.set(dataId, { kind: 'written', values, shape, type });
    return dataId;
  }

  read(dataId: object): tf.BackendValues {
    const known = this.#known.get(dataId);
    if (known?.kind === 'written') return known.values;
    throw this.#error('a value is read, which has none while it is recorded');
  }

  changeReferences(dataId: object, by: 1 | -1): number {
    const count = (this.#references.get(dataId) ?? 1) + by;
    this.#references.set(dataId, count);
    return count;
  }

  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[] {
    const rule = ruleOf(operation);
    if (rule === undefined) throw this.#error(`TensorFlow's ${operation} has no recording rule`);
    const input = inputs.map((tensor, index) => this.#read(tensor, operation, index));
    const found = rule({
      shapes: inputs.map(({ shape }) => shape),
      integers: (index) => this.#integers(operation, inputs[index]),
      attribute: (name) =>
        required(
          attributes.find((attribute) => attribute.name === name),
          `${name} of ${operation}`,
        ).value,
    });
    invariant(found.length === outputs, `${operation} has ${found.length} outputs, and not ${outputs}`);
    const name = `%${this.#near}/${operation}_${this.nodes.length}`;
    this.nodes.push({ name, op: operation, input, attr: this.#attributes(attributes) });
    return found.map(({ shape, type = 'float32' }, index) =>
      this.#tensor(
        { kind: 'output', output: index === 0 ? name : `${name}:${index}`, near: this.#near },
        shape,
        type,
      ),
    );
  }

  #read(tensor: tf.TensorInfo, operation: string, index: number): Output {
    const known = this.#known.get(tensor.dataId);
    const what = `input ${index} of ${operation}, ${tensor.dtype} [${tensor.shape.join()}],`;
    if (known === undefined) throw this.#error(`${what} is a tensor from outside the recording`);
    if (known.kind === 'output') {
      if (known.output.startsWith('@')) this.#near = known.near;
      return known.output;
    }
    const { values, shape, type } = known;
    if (type === 'int32') return this.#graph.constant(Int32Array.from(values as Int32Array), shape);
    if (isDeclaredConstant(tensor) || values.length === 0) {
      return this.#graph.constant(Float32Array.from(values as Float32Array), shape);
    }
    throw this.#error(`${what} is made of numbers that are not declared a constant`);
  }

  #integers(operation: string, tensor: tf.TensorInfo | undefined): readonly number[] {
    const known = tensor === undefined ? undefined : this.#known.get(tensor.dataId);
    invariant(
      known?.kind === 'written' && known.type === 'int32',
      `${operation} takes sizes that are no constants`,
    );
    return [...(known.values as Int32Array)];
  }

  #tensor(known: Known & { kind: 'output' }, shape: Shape, dtype: GraphType): tf.Tensor {
    const dataId = {};
    this.#known.set(dataId, known);
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype });
  }

  #attributes(attributes: readonly Attribute[]): Attributes {
    const binding = this.#binding;
    return Object.fromEntries(
      attributes.map(({ name, type, value }): [string, AttributeValue] => {
        switch (type) {
          case binding.TF_ATTR_STRING:
            return [name, { s: Buffer.from(value as string) }];
          case binding.TF_ATTR_INT:
            return [name, typeof value === 'number' ? { i: value } : { list: { i: value as number[] } }];
          case binding.TF_ATTR_FLOAT:
            return [name, { f: value as number }];
          case binding.TF_ATTR_BOOL:
            return [name, { b: value as boolean }];
          case binding.TF_ATTR_TYPE:
            return [name, { type: value as number }];
          default:
            throw this.#error(`attribute ${name} is of a type that is not recorded`);
        }
      }),
    );
  }

  #error(problem: string): InternalError {
    return new InternalError(`Recording ${this.#what}, near ${this.#near}: ${problem}`);
  }
}

/**
 * Runs a function once, on tensors without values, and returns the operations that it is made of.
 *
 * @param what The function's name in errors, as `the critic’s step`.
 * @param graph Takes the constants.
 * @param body From inputs by name to outputs by name; float32 all of them.
 */
export function record(
  what: string,
  graph: Graph,
  inputs: Readonly<Record<string, Shape>>,
  body: (inputs: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>,
): Fragment {
  const library = tf.backend() as unknown as TensorFlowLibrary;
  const recorder = new Recorder(what, graph, library.binding);
  return withRecording(recorder, library, () => {
    let fragment: Fragment | undefined;
    tf.tidy(() => {
      const given = Object.entries(inputs).map(([name, shape]) => [name, recorder.input(name, shape)]);
      const outputs = Object.entries(body(Object.fromEntries(given) as Record<string, tf.Tensor>));
      const named = outputs.map(([name, tensor]) => [name, recorder.outputOf(tensor)]);
      fragment = { nodes: recorder.nodes, outputs: Object.fromEntries(named) as Record<string, Output> };
    });
    return required(fragment, 'what was recorded');
  });
}
