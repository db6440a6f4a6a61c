import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { StageProblem } from '../../src/execute/contract.js';
import type { StageId } from '../../src/plan/types.js';
import { openExtractor } from '../../src/stages/open-extractor.js';
import { loadBackend } from '../../src/tensor/backend.js';
import { meanOver, node, smallModel } from '../tensor/user-models/support.js';
import { temporaryFolder } from './dataset-rig.js';
import { asGraphModel, asSavedModel, extracted, graphModel, savedModel } from './extractor-rig.js';

beforeAll(() => loadBackend('native', 2));

/** What a stage says of bad input. */
async function problem(stage: Promise<unknown>) {
  const error = await stage.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StageProblem);
  const { message, field, help } = error as StageProblem;
  return { message, field, help };
}

async function copyOf(folder: string): Promise<string> {
  const copy = join(await temporaryFolder(), 'network');
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** Images of 4 x 4 in three colours, of which `made` nodes make `mean`. */
async function small(made = meanOver([1, 2]), options: Partial<Parameters<typeof smallModel>[1]> = {}) {
  const folder = await temporaryFolder();
  const content = smallModel(made, { shape: [-1, 4, 4, 3], outputs: { pool: 'mean' }, ...options });
  await writeFile(join(folder, 'saved_model.pb'), content);
  return asSavedModel(folder);
}

const plain = { logits: undefined, size: 4, mean: [0], std: [1] } as never;

describe('a folder that is no model', () => {
  it('is told of at its path', async () => {
    const field = ['network', 'path'];
    const empty = await temporaryFolder();
    expect(await problem(extracted(asSavedModel(empty)))).toMatchObject({
      message: `${join(empty, 'saved_model.pb')} does not exist`,
      field,
    });
    expect(await problem(extracted(asGraphModel(empty)))).toMatchObject({
      message: `${join(empty, 'model.json')} does not exist`,
      field,
    });
    await writeFile(join(empty, 'model.json'), '{"modelTopology": {}}');
    expect((await problem(extracted(asGraphModel(empty)))).message).toMatch(
      /model\.json: its model\.json is damaged/,
    );
  });

  it('has a signature that describes no tensors', async () => {
    const bad = await copyOf(graphModel);
    const file = join(bad, 'model.json');
    const model = JSON.parse(await readFile(file, 'utf8')) as { signature: { inputs: object } };
    const [input = ''] = Object.keys(model.signature.inputs);
    const info = (tensorShape: unknown) => ({ inputs: { [input]: { tensorShape } } });
    for (const signature of [
      'serving_default',
      [],
      { inputs: null },
      { inputs: { [input]: null } },
      { outputs: ['pool'] },
      { outputs: { pool: 'pool' } },
      info(null),
      info([]),
      info({ dim: 4 }),
      info({ dim: [null] }),
    ]) {
      await writeFile(file, JSON.stringify({ ...model, signature }));
      expect(await problem(extracted(asGraphModel(bad)))).toMatchObject({
        message: expect.stringMatching(/model\.json: its model\.json is damaged/) as string,
        field: ['network', 'path'],
      });
    }
  });

  it('lacks variables, or has only some of their bytes', async () => {
    const without = await copyOf(savedModel);
    await rm(join(without, 'variables', 'variables.data-00000-of-00001'));
    expect((await problem(extracted(asSavedModel(without)))).message).toMatch(
      /variables lacks the model’s variables/,
    );
    await rm(join(without, 'variables'), { recursive: true });
    expect((await problem(extracted(asSavedModel(without)))).message).toMatch(
      /variables lacks the model’s variables/,
    );
    const half = await copyOf(savedModel);
    await truncate(join(half, 'variables', 'variables.data-00000-of-00001'), 9_000);
    expect((await problem(extracted(asSavedModel(half)))).message).toMatch(
      /^TensorFlow cannot load the network: /,
    );
    const fewer = await copyOf(graphModel);
    await truncate(join(fewer, 'group1-shard2of2.bin'), 9_000);
    expect((await problem(extracted(asGraphModel(fewer)))).message).toMatch(
      /have \d+ bytes, and model\.json tells of \d+$/,
    );
    // Of zeros that take no room on the disk.
    await truncate(join(fewer, 'group1-shard1of2.bin'), 3e9);
    expect(await problem(extracted(asGraphModel(fewer)))).toMatchObject({
      message: expect.stringMatching(/ has 3\.00 GB, and 2\.15 GB is the most that is read$/) as string,
      field: ['network', 'path'],
    });
  });

  it('leads out of itself', async () => {
    const linked = await copyOf(savedModel);
    const data = join(linked, 'variables', 'variables.data-00000-of-00001');
    await rm(data);
    await symlink(join(savedModel, 'variables', 'variables.data-00000-of-00001'), data);
    expect((await problem(extracted(asSavedModel(linked)))).message).toBe(
      `${data} is a link, or no plain file, and a model consists of the files in its own folder`,
    );
    await rm(join(linked, 'variables'), { recursive: true });
    await symlink(join(savedModel, 'variables'), join(linked, 'variables'));
    expect((await problem(extracted(asSavedModel(linked)))).message).toMatch(/variables is a link/);
    const other = await copyOf(graphModel);
    const file = join(other, 'model.json');
    const text = await readFile(file, 'utf8');
    for (const path of ['../secret', '/etc/passwd', 'a/b', '..']) {
      await writeFile(file, text.replace('group1-shard1of2.bin', path));
      expect((await problem(extracted(asGraphModel(other)))).message).toBe(
        `model.json names the weights \`${path}\`, and weights lie beside it, in files of plain names`,
      );
    }
    await rm(join(other, 'group1-shard1of2.bin'));
    await mkdir(join(other, 'group1-shard1of2.bin'));
    await writeFile(file, text);
    expect((await problem(extracted(asGraphModel(other)))).message).toMatch(/no plain file/);
  });
});

describe('a network that does something else', () => {
  it('runs what no model may, which is named', async () => {
    const writing = await small(
      [...meanOver([1, 2]), { ...node('leak', 'WriteFile', ['images', 'images']) }],
      {
        outputs: { pool: 'leak' },
      },
    );
    expect(await problem(extracted(writing, plain))).toMatchObject({
      message: expect.stringMatching(
        /saved_model\.pb: it would compute with an operation .*: `WriteFile` \(which writes files\)$/,
      ) as string,
      field: ['network', 'path'],
    });
    const other = await copyOf(graphModel);
    const file = join(other, 'model.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"op": "Tanh"', '"op": "RandomUniform"'));
    expect((await problem(extracted(asGraphModel(other)))).message).toContain(
      '`RandomUniform` (which draws at random',
    );
  });

  it('gives no row of numbers for each image', async () => {
    const rows = await small(meanOver([1]));
    expect(await problem(extracted(rows, plain))).toMatchObject({
      message: 'this output is of [2, 4, 3] for a batch of 2, and a row of numbers for each image is needed',
      field: ['features'],
    });
    const one = await small(meanOver([0, 1]));
    expect((await problem(extracted(one, plain))).message).toMatch(
      /^this output is of \[4, 3\] for a batch of 2/,
    );
  });

  it('finds what is no number', async () => {
    const bad = await small([
      ...meanOver([1, 2], 'images', 'first'),
      node('less', 'Sub', ['first', 'first']),
      node('mean', 'Log', ['less']),
    ]);
    expect(await problem(extracted(bad, plain))).toMatchObject({
      message: 'this output is -Infinity for an image',
      field: ['features'],
    });
  });

  it('finds in an image what depends on the other images', async () => {
    const coupled = await small([
      ...meanOver([0], 'images', 'batch'),
      node('centred', 'Sub', ['images', 'batch']),
      ...meanOver([1, 2], 'centred'),
    ]);
    const fault = {
      message: 'what it finds in an image depends on the other images of the batch',
      field: ['network', 'path'],
    };
    expect(await problem(extracted(coupled, plain))).toMatchObject(fault);
    const logits = await small(
      [...meanOver([1, 2]), ...meanOver([0], 'mean', 'batch'), node('centred', 'Sub', ['mean', 'batch'])],
      { outputs: { pool: 'mean', logits: 'centred' } },
    );
    expect(await problem(extracted(logits, { size: 4, mean: [0], std: [1] }))).toMatchObject(fault);
  });

  it('cannot be run', async () => {
    const wrong = await small([
      ...meanOver([1, 2], 'images', 'first'),
      node('mean', 'MatMul', ['first', 'first']),
    ]);
    expect((await problem(extracted(wrong, plain))).message).toMatch(/^it cannot be run: /);
  });
});

describe('what is said of images', () => {
  it('is held to what the network takes', async () => {
    expect(await problem(extracted(asSavedModel(), { size: 256 }))).toEqual({
      message: 'the network takes images of 299 pixels, not of 256',
      field: ['size'],
      help: 'Write `size: 299`.',
    });
    expect(await problem(extracted(asSavedModel(), { mean: [1, 2] }))).toMatchObject({
      message: 'these are 2 numbers, and the network takes images of 3 channels',
      field: ['mean'],
    });
    const bytes = await small(
      [
        { name: 'float', op: 'Cast', input: ['images'], attr: { SrcT: { type: 4 }, DstT: { type: 1 } } },
        ...meanOver([1, 2], 'float'),
      ],
      { type: 'uint8' },
    );
    expect(
      await problem(extracted(bytes, { logits: undefined as never, size: 4, mean: [128], std: [128] })),
    ).toMatchObject({ field: ['mean'] });
    const { output } = await extracted(bytes, plain);
    const extractor = await openExtractor({ stage: 'inception' as StageId, directory: output }, [4, 4, 3]);
    const { features } = extractor.of(
      Float32Array.from({ length: 48 }, (_, index) => (100 + (index % 3)) / 127.5 - 1),
    );
    expect([...features]).toEqual([100, 101, 102]);
  });

  it('cannot be computed in plain JavaScript, if it is a SavedModel', async () => {
    expect(await problem(extracted(asSavedModel(), {}, 'cpu'))).toMatchObject({ field: ['network', 'type'] });
  });
});

describe('images that the network does not take', () => {
  const opened = async (fields: Parameters<typeof extracted>[1], shape: readonly number[]) => {
    const { output } = await extracted(asSavedModel(), fields);
    return openExtractor({ stage: 'inception' as StageId, directory: output }, shape);
  };

  it('are told of where they are measured, with what helps', async () => {
    const unsized = { size: undefined as never };
    expect(await problem(opened(unsized, [32, 32, 3]))).toEqual({
      message: 'the extractor takes images of 299 x 299 x 3, and those measured are 32 x 32 x 3',
      field: ['extractor'],
      help: 'Say `size: 299` in the extractor stage, and images are resized for it.',
    });
    expect(await problem(opened({}, [32, 32, 1]))).toMatchObject({
      message: 'the extractor takes images of 299 x 299 x 3, and those measured are 299 x 299 x 1',
      help: 'Say `grey: repeat` in the extractor stage, and it sees three equal channels.',
    });
    expect(await problem(opened({}, [2]))).toMatchObject({
      message: 'the extractor takes images, and those measured are samples of 2',
    });
    expect(await opened({ grey: 'repeat' }, [32, 32, 1])).toMatchObject({ features: 16 });
  });

  it('are of as many channels as there are numbers for each, where the network leaves them open', async () => {
    const open = await small(meanOver([1, 2]), { shape: [-1, 4, 4, -1] });
    const three = { logits: undefined as never, size: 4, mean: [0, 0, 0], std: [1] };
    const taken = async (fields: Parameters<typeof extracted>[1], shape: readonly number[]) => {
      const { output } = await extracted(open, { ...three, ...fields });
      return openExtractor({ stage: 'inception' as StageId, directory: output }, shape);
    };
    for (const fields of [{}, { mean: [0], std: [1, 1, 1] }]) {
      expect(await problem(taken(fields, [4, 4, 1]))).toMatchObject({
        message: 'the extractor takes images of 4 x 4 x 3, and those measured are 4 x 4 x 1',
        help: 'Say `grey: repeat` in the extractor stage, and it sees three equal channels.',
      });
    }
    expect(await taken({ grey: 'repeat' }, [4, 4, 1])).toMatchObject({ features: 3 });
    expect(await taken({}, [4, 4, 3])).toMatchObject({ features: 3 });
    expect(await taken({ mean: [0] }, [4, 4, 1])).toMatchObject({ features: 1 });
    expect(await problem(extracted(open, { ...three, std: [1, 1] }))).toMatchObject({
      message: 'these are 2 numbers, and the network takes images of 3 channels',
      field: ['std'],
    });
  });
});
