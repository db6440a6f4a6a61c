import fc from 'fast-check';

/** A command stage of a random pipeline. Numbers that stand for stages are taken modulo those before it. */
export interface StageModel {
  readonly name: string;
  /** What it writes first; two stages with the same words and inputs have the same key. */
  readonly word: string;
  readonly reads: readonly number[];
  readonly after: readonly number[];
  /** Which of the user's files it reads. */
  readonly dep: number | undefined;
  /** Whether it has a result for each value of the axis. */
  readonly isVaried: boolean;
  readonly always: boolean;
  readonly fails: boolean;
  readonly desc: string;
}

export interface PipelineModel {
  readonly stages: readonly StageModel[];
  /** The values of the axis. */
  readonly values: readonly number[];
  /** The content of the user's files. */
  readonly files: readonly string[];
}

export const fileNames = ['first.txt', 'second.txt'] as const;

const word = fc.constantFrom('alpha', 'beta', 'gamma');

const stage: fc.Arbitrary<Omit<StageModel, 'name'>> = fc.record({
  word,
  reads: fc.array(fc.nat(), { maxLength: 2 }),
  after: fc.array(fc.nat(), { maxLength: 1 }),
  dep: fc.option(fc.nat({ max: fileNames.length - 1 }), { nil: undefined, freq: 2 }),
  isVaried: fc.boolean(),
  always: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
  fails: fc.constant(false),
  desc: fc.constant('as it was'),
});

export const pipeline: fc.Arbitrary<PipelineModel> = fc.record({
  stages: fc
    .array(stage, { minLength: 1, maxLength: 5 })
    .map((stages) => stages.map((each, index) => ({ ...each, name: `s${index}` }))),
  values: fc.constantFrom([1], [1, 2], [3, 1]),
  files: fc.constant(['one', 'two']),
});

/** What a user does between two runs. */
export type Edit =
  | { readonly type: 'stage'; readonly at: number; readonly change: Partial<StageModel> }
  | { readonly type: 'add'; readonly stage: Omit<StageModel, 'name'> }
  | { readonly type: 'remove_last' }
  | { readonly type: 'rename'; readonly at: number }
  | { readonly type: 'values'; readonly values: readonly number[] }
  | { readonly type: 'file'; readonly at: number; readonly content: string }
  /** To the store. `unseen` damage keeps size and time: only who reads the content can tell. */
  | { readonly type: 'damage'; readonly at: number; readonly how: 'gone' | 'cut' | 'unseen' };

const changes: fc.Arbitrary<Partial<StageModel>> = fc.oneof(
  word.map((changed) => ({ word: changed })),
  fc.array(fc.nat(), { maxLength: 2 }).map((reads) => ({ reads })),
  fc.boolean().map((always) => ({ always })),
  fc.boolean().map((fails) => ({ fails })),
  fc.boolean().map((isVaried) => ({ isVaried })),
  fc.constantFrom('otherwise', 'as it was').map((desc) => ({ desc })),
);

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('stage' as const), at: fc.nat(), change: changes }) },
  fc.record({ type: fc.constant('add' as const), stage }),
  fc.constant({ type: 'remove_last' as const }),
  fc.record({ type: fc.constant('rename' as const), at: fc.nat() }),
  fc.record({
    type: fc.constant('values' as const),
    values: fc.constantFrom([1], [1, 2], [3, 1], [1, 2, 3]),
  }),
  fc.record({
    type: fc.constant('file' as const),
    at: fc.nat({ max: fileNames.length - 1 }),
    content: fc.constantFrom('one', 'two', 'three'),
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('damage' as const),
      at: fc.nat(),
      how: fc.constantFrom('gone' as const, 'cut' as const, 'unseen' as const),
    }),
  },
);

export function edited(model: PipelineModel, change: Edit): PipelineModel {
  const { stages } = model;
  switch (change.type) {
    case 'stage':
      return {
        ...model,
        stages: stages.map((each, index) =>
          index === change.at % stages.length ? { ...each, ...change.change } : each,
        ),
      };
    case 'add':
      return { ...model, stages: [...stages, { ...change.stage, name: `added${stages.length}` }] };
    case 'remove_last':
      return { ...model, stages: stages.length > 1 ? stages.slice(0, -1) : stages };
    case 'rename':
      return {
        ...model,
        stages: stages.map((each, index) =>
          index === change.at % stages.length ? { ...each, name: `renamed${index}` } : each,
        ),
      };
    case 'values':
      return { ...model, values: change.values };
    case 'file':
      return {
        ...model,
        files: model.files.map((content, index) => (index === change.at ? change.content : content)),
      };
    case 'damage':
      return model;
  }
}

const roles = ['left', 'right'] as const;

/** The stages that one reads, without repeats. */
export function inputsOf({ stages }: PipelineModel, index: number): readonly number[] {
  const { reads } = stages[index] ?? { reads: [] };
  return index === 0 ? [] : [...new Set(reads.map((number) => number % index))];
}

/** Whether a stage differs from value to value, by itself or through what it reads. */
function isVaried(model: PipelineModel, index: number): boolean {
  return (
    model.stages[index]?.isVaried === true || inputsOf(model, index).some((read) => isVaried(model, read))
  );
}

/** The pipeline's file. JSON is YAML. */
export function textOf(model: PipelineModel): string {
  const { stages, values } = model;
  const hasAxis = stages.some((_, index) => isVaried(model, index));
  const declared = stages.map((each, index) => {
    const inputs = inputsOf(model, index);
    const parts = [
      `echo ${each.word}${each.isVaried ? ' ${matrix.value}' : ''}`,
      ...(each.dep === undefined ? [] : [`cat ${fileNames[each.dep] ?? ''}`]),
      ...inputs.map((_, place) => `cat $WASSERMILL_IN_${roles[place]?.toUpperCase() ?? ''}/text`),
    ];
    const run = `(${parts.join('; ')}) > $WASSERMILL_OUT/text${each.fails ? '; exit 3' : ''}`;
    const after = index === 0 ? [] : [...new Set(each.after.map((number) => number % index))];
    const stage = {
      type: 'command',
      run,
      outs: ['text'],
      desc: each.desc,
      cache: !each.always,
      inputs: Object.fromEntries(inputs.map((read, place) => [roles[place] ?? '', stages[read]?.name])),
      deps: each.dep === undefined ? [] : [fileNames[each.dep]],
      needs: after.map((other) => stages[other]?.name),
    };
    return [each.name, stage] as const;
  });
  return JSON.stringify({
    version: 1,
    name: 'random',
    ...(hasAxis && { matrix: { axes: { value: values } } }),
    stages: Object.fromEntries<object>(declared),
  });
}

/** What a stage's file has to hold. */
export function contentOf(model: PipelineModel, index: number, value: number | undefined): string {
  const each = model.stages[index];
  if (!each) return '';
  return [
    `${each.word}${each.isVaried ? ` ${value ?? ''}` : ''}\n`,
    each.dep === undefined ? '' : (model.files[each.dep] ?? ''),
    ...inputsOf(model, index).map((read) => contentOf(model, read, value)),
  ].join('');
}
