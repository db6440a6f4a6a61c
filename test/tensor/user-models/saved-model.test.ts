import { describe, expect, it } from 'vitest';

import { messageType } from '../../../src/tensor/messages.js';
import { soundSavedModel } from '../../../src/tensor/user-models/saved-model.js';
import {
  changedModel,
  decoded,
  fixtureModel,
  meanOver,
  node,
  operationsIn,
  type OpenModel,
  smallModel,
} from './support.js';

const wanted = { features: 'pool', logits: 'logits' };
const checked = (bytes: Uint8Array, ports = wanted, signature = 'serving_default') =>
  soundSavedModel(bytes, signature, ports);

function sound(bytes: Uint8Array) {
  const found = checked(bytes);
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

function fault(
  bytes: Uint8Array,
  ports: Partial<typeof wanted> & { input?: string } = {},
  signature?: string,
) {
  const found = checked(bytes, { ...wanted, ...ports }, signature);
  if (found.ok) throw new Error('nothing was found wrong');
  return found.error;
}

/** The function that computes the signature, and the one that fills variables. */
const functionOf = (graph: OpenModel['meta_graphs'][0], part: string) => {
  const found = graph.graph_def.library.function.find(({ signature }) => signature.name.includes(part));
  if (!found) throw new Error(`no function ${part}`);
  return found;
};

describe('what is kept of a SavedModel', () => {
  it('is what its outputs need and what fills its variables, and not what saves it', () => {
    const { content, hasVariables, ports } = sound(fixtureModel);
    expect(hasVariables).toBe(true);
    expect(ports).toEqual({
      input: { name: 'serving_default_images:0', type: 'float32', shape: [undefined, 299, 299, 3] },
      features: 'StatefulPartitionedCall:1',
      logits: 'StatefulPartitionedCall:0',
    });
    expect(operationsIn(fixtureModel)).toContain('SaveV2');
    const operations = operationsIn(content);
    for (const saving of ['SaveV2', 'MergeV2Checkpoints', 'ShardedFilename']) {
      expect(operations).not.toContain(saving);
    }
    expect(operations).toContain('RestoreV2');
    expect(decoded(content).meta_graphs[0].signature_def).toEqual({});
  });

  it('is the same when it is checked again', () => {
    // Without its signatures it names tensors by their nodes.
    const { content } = sound(fixtureModel);
    const again = checked(content, {
      features: 'StatefulPartitionedCall:1',
      logits: 'StatefulPartitionedCall:0',
      input: 'serving_default_images',
    } as typeof wanted);
    expect(again.ok && again.value.content).toEqual(content);
  });

  it('has none of what nobody needs, whatever it would do', () => {
    const bytes = changedModel(({ graph_def }) => {
      graph_def.node.push({
        name: 'leak',
        op: 'WriteFile',
        input: ['saver_filename', 'saver_filename'],
        attr: {},
      });
    });
    expect(operationsIn(sound(bytes).content)).not.toContain('WriteFile');
  });

  it('is what was looked at, where a file says the same thing in two parts', () => {
    // Readers of protobuf may take both for one message, or the last of them: TensorFlow is given what ours saw.
    const asking = changedModel(({ graph_def }) => {
      graph_def.node.find(({ name }) => name === 'StatefulPartitionedCall')?.input.push('^leak');
    });
    const leak = { name: 'leak', op: 'WriteFile' };
    const more = messageType('MetaGraphDef')
      .encode({ graph_def: { node: [leak] } })
      .finish();
    for (const parts of [
      [metaGraphIn(asking), more],
      [more, metaGraphIn(asking)],
    ]) {
      expect(checked(modelOf(Buffer.concat(parts))).ok).toBe(false);
    }
    const [first, second] = [metaGraphIn(fixtureModel), more];
    expect(operationsIn(sound(modelOf(Buffer.concat([first, second]))).content)).not.toContain('WriteFile');
  });
});

/** The bytes of the one meta graph of a model. */
function metaGraphIn(bytes: Uint8Array): Uint8Array {
  return messageType('MetaGraphDef').encode(decoded(bytes).meta_graphs[0]).finish();
}

/** A model of one meta graph, whatever its bytes are. */
function modelOf(metaGraph: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = metaGraph.length; rest > 0; rest >>>= 7)
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Uint8Array.of(0x08, 0x01, 0x12, ...length), metaGraph]);
}

describe('a SavedModel is refused', () => {
  it('with an operation that does more than compute, by its name, wherever it stands', () => {
    const inGraph = changedModel(({ graph_def }) => {
      graph_def.node.push({ name: 'leak', op: 'WriteFile', input: [], attr: {} });
      graph_def.node.find(({ name }) => name === 'StatefulPartitionedCall')?.input.push('^leak');
    });
    expect(fault(inGraph)).toMatchObject({
      at: 'path',
      message: expect.stringContaining('`WriteFile` (which writes files)') as string,
    });
    for (const [op, why] of [
      ['PyFunc', 'runs Python'],
      ['ReadFile', 'reads other data'],
      ['PrintV2', 'writes files'],
      ['RandomUniform', 'draws at random'],
      ['AssignAddVariableOp', 'changes what the model is made of'],
      ['HashTableV2', 'reads other data'],
    ] as const) {
      const inFunction = changedModel((graph) => {
        functionOf(graph, '__inference_serve').node_def.push({ name: 'more', op, input: [], attr: {} });
      });
      expect(fault(inFunction).message).toContain(`\`${op}\` (which ${why}`);
    }
  });

  it('with one in what fills its variables', () => {
    const bytes = changedModel((graph) => {
      functionOf(graph, 'traced_restore').node_def.push({
        name: 'more',
        op: 'ReadFile',
        input: [],
        attr: {},
      });
    });
    expect(fault(bytes).message).toMatch(/^it would be loaded with an operation .*`ReadFile`/);
  });

  it('that reads other files than its own variables', () => {
    const message = 'it reads variables from other files than its own';
    const fromConstant = changedModel((graph) => {
      const restoring = functionOf(graph, 'traced_restore');
      const restore = restoring.node_def.find(({ op }) => op === 'RestoreV2');
      const names = restoring.node_def.find(({ op }) => op === 'Const');
      if (!restore || !names) throw new Error('it restores');
      restoring.node_def.push({ ...names, name: 'elsewhere' });
      restore.input[0] = 'elsewhere:output:0';
    });
    expect(fault(fromConstant).message).toBe(message);
    const givenOther = changedModel(({ graph_def, saver_def }) => {
      graph_def.node.push({ name: 'elsewhere', op: 'Const', input: [], attr: {} });
      const restoring = graph_def.node.find(({ name }) => name === saver_def.restore_op_name);
      if (restoring) restoring.input[0] = 'elsewhere';
    });
    expect(fault(givenOther).message).toBe(message);
    const hidden = changedModel((graph) => {
      const { node_def: nodes } = functionOf(graph, 'traced_restore');
      const [restore, names] = ['RestoreV2', 'Const'].map((op) => nodes.find((one) => one.op === op));
      if (!restore || !names) throw new Error('it restores');
      const [, ...others] = restore.input;
      nodes.unshift({ ...restore, input: ['elsewhere:output:0', ...others] });
      nodes.push({ ...names, name: 'elsewhere' });
    });
    expect(fault(hidden).message).toBe(message);
    const shadowed = changedModel((graph) => {
      const { node_def: nodes } = functionOf(graph, 'traced_restore');
      nodes.push({ name: 'file_prefix', op: 'Identity', input: ['file_prefix'], attr: {} });
    });
    expect(fault(shadowed).message).toBe(message);
  });

  it('that feeds their path to a node of several tensors, of which TensorFlow replaces one', () => {
    const message = 'it reads variables from other files than its own';
    const path = (graph: OpenModel['meta_graphs'][0]) => {
      const found = graph.graph_def.node.find(({ name }) => name === 'saver_filename');
      const restoring = graph.graph_def.node.find(({ name }) => name === graph.saver_def.restore_op_name);
      if (!found || !restoring) throw new Error('it restores');
      return { found, restoring };
    };
    const ofCall = changedModel((graph) => {
      const { found, restoring } = path(graph);
      graph.graph_def.library.function.push({
        signature: { name: '__paths' },
        node_def: [{ name: 'paths', op: 'Const', input: [], attr: {} }],
      });
      Object.assign(found, { op: 'PartitionedCall', attr: { f: { func: { name: '__paths', attr: {} } } } });
      restoring.input[0] = 'saver_filename:1';
    });
    expect(fault(ofCall).message).toBe(message);
    const ofIdentities = changedModel((graph) => {
      const { found, restoring } = path(graph);
      graph.graph_def.node.push({ name: 'elsewhere', op: 'Const', input: [], attr: {} });
      Object.assign(found, { op: 'IdentityN', input: ['elsewhere', 'elsewhere'] });
      restoring.input[0] = 'saver_filename:1';
    });
    expect(fault(ofIdentities).message).toBe(message);
    const ofOne = changedModel((graph) => {
      Object.assign(path(graph).found, { op: 'IdentityN', input: ['Const'] });
    });
    expect(fault(ofOne).message).toBe(message);
    const fedOther = changedModel(({ saver_def }) => {
      saver_def.filename_tensor_name = 'saver_filename:1';
    });
    expect(fault(fedOther).message).toBe(message);
    const readOther = changedModel((graph) => {
      path(graph).restoring.input[0] = 'saver_filename:1';
    });
    expect(fault(readOther).message).toBe(message);
  });

  it('by all calls of a function, each once, however often they meet', () => {
    // 3 calls of each function by the next: more than a million ways lead from the reading to the path.
    const depth = 13;
    const handed = (last: (restoring: OpenModel['meta_graphs'][0]['graph_def']['node'][0]) => void) =>
      changedModel((graph) => {
        const restoring = functionOf(graph, 'traced_restore');
        const { node, library } = graph.graph_def;
        const top = node.find(({ name }) => name === graph.saver_def.restore_op_name);
        if (!top) throw new Error('it restores');
        const call = (name: string, called: string, input: string) => {
          const f = { func: { name: called, attr: {} } };
          return { name, op: 'StatefulPartitionedCall', input: [input, ...top.input.slice(1)], attr: { f } };
        };
        let called = restoring.signature.name;
        for (let level = 0; level < depth; level++) {
          const by = `__inference_level_${level}`;
          library.function.push({
            signature: { ...restoring.signature, name: by },
            node_def: ['a', 'b', 'c'].map((name) => call(name, called, 'file_prefix')),
          });
          called = by;
        }
        Object.assign(top, call(top.name, called, 'saver_filename'));
        last(top);
      });
    expect(sound(handed(() => undefined)).hasVariables).toBe(true);
    const elsewhere = handed((top) => {
      top.input[0] = 'Const';
    });
    expect(fault(elsewhere).message).toBe('it reads variables from other files than its own');
  });

  it('with a function by the name of an operation, which TensorFlow could take for it', () => {
    const bytes = changedModel((graph) => {
      const { library } = graph.graph_def;
      const served = functionOf(graph, '__inference_serve');
      const wrapper = functionOf(graph, 'signature_wrapper');
      const call = wrapper.node_def.find(({ op }) => op === 'StatefulPartitionedCall');
      if (!call) throw new Error('it calls');
      library.function.push({ ...served, signature: { ...served.signature, name: 'WriteFile' } });
      wrapper.node_def.push({ name: 'more', op: 'WriteFile', input: [...call.input], attr: {} });
    });
    expect(fault(bytes)).toMatchObject({
      at: 'path',
      message: expect.stringMatching(
        /^it would compute with an operation .*`WriteFile` \(which writes files\)/,
      ) as string,
    });
  });

  it('that calls what it does not hold', () => {
    const bytes = changedModel((graph) => {
      functionOf(graph, '__inference_serve').signature.name = 'renamed';
    });
    expect(fault(bytes).message).toMatch(
      /^its graph refers to `__inference_serve_\d+`, which it does not hold$/,
    );
    const cut = changedModel(({ graph_def }) => {
      graph_def.node = graph_def.node.filter(({ op }) => op !== 'Placeholder');
    });
    expect(fault(cut).message).toContain('`serving_default_images`, which it does not hold');
  });

  it('that is damaged', () => {
    const damaged = 'its saved_model.pb is damaged, or holds no graph with the tag `serve`';
    expect(fault(fixtureModel.subarray(0, 9000)).message).toBe(damaged);
    expect(fault(Buffer.from('not a protocol buffer')).message).toBe(damaged);
    expect(fault(new Uint8Array()).message).toBe(damaged);
  });

  it('whose variables have no way into it', () => {
    const bytes = changedModel(({ saver_def }) => {
      saver_def.restore_op_name = '';
    });
    expect(fault(bytes).message).toBe('it has variables, and does not say how they are read from its files');
  });

  it('where it lacks what is named, at the field that names it', () => {
    expect(fault(fixtureModel, { features: 'pol' })).toEqual({
      at: 'features',
      message: 'the model has no output `pol`',
      help: 'Did you mean `pool`?',
    });
    expect(fault(fixtureModel, { logits: 'probabilities' })).toMatchObject({
      at: 'logits',
      help: 'Name one that it has: `logits`, `pool`.',
    });
    expect(fault(fixtureModel, { input: 'pictures' })).toMatchObject({
      at: 'input',
      message: 'the model has no input `pictures`',
    });
    expect(fault(fixtureModel, {}, 'serving')).toMatchObject({
      at: 'signature',
      help: 'Name one that it has: `serving_default`.',
    });
  });

  it('where what is named has values of another type', () => {
    const outputs = { pool: 'mean', logits: 'mean' };
    const shape = [-1, 4, 4, 3];
    const halves = smallModel(meanOver([1, 2]), { shape, outputs, outputType: 19 });
    expect(fault(halves)).toMatchObject({
      at: 'features',
      message: '`pool` gives values of TensorFlow’s type 19, and float32 (1) is needed',
    });
    const texts = changedModel((graph) => {
      const { inputs } = graph.signature_def['serving_default'] as unknown as {
        inputs: Record<string, { dtype: number }>;
      };
      if (inputs['images']) inputs['images'].dtype = 7;
    });
    expect(fault(texts)).toMatchObject({ at: 'input' });
  });
});

it('keeps what the path is by default, as models of TensorFlow 1 have it', () => {
  const bytes = changedModel(({ graph_def }) => {
    const path = graph_def.node.find(({ name }) => name === 'saver_filename');
    if (!path) throw new Error('it restores');
    graph_def.node.push({ name: 'save/filename', op: 'Const', input: [], attr: path.attr });
    Object.assign(path, { op: 'PlaceholderWithDefault', input: ['save/filename'] });
  });
  const { node } = decoded(sound(bytes).content).meta_graphs[0].graph_def;
  expect(node.map(({ name }) => name)).toContain('save/filename');
});

it('takes a model without variables, and any node as an output', () => {
  const bytes = smallModel([...meanOver([1, 2]), node('twice', 'AddV2', ['mean', 'mean'])], {
    shape: [-1, 4, 4, 3],
    outputs: { pool: 'mean:0' },
  });
  const found = checked(bytes, { features: 'twice', logits: 'pool' });
  expect(found).toMatchObject({
    ok: true,
    value: { hasVariables: false, ports: { features: 'twice', logits: 'mean:0' } },
  });
});
