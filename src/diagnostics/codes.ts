/**
 * Every diagnostic code, with the law that it reports. Codes are stable: they are never reused, and each has
 * a row in docs/diagnostics.md (a test holds the two together).
 */
export const diagnosticCodes = {
  // The file and its YAML.
  'pipeline-unreadable': 'The pipeline file exists and is UTF-8 text of at most 1 MiB.',
  'yaml-syntax': 'The file is YAML 1.2 without syntax errors.',
  'yaml-indentation': 'What belongs together is indented alike, with spaces.',
  'yaml-unclosed': 'Every quote and bracket that opens is closed.',
  'yaml-documents': 'The file is exactly one YAML document.',
  'yaml-tag': 'Values carry no tags: types come from the values themselves.',
  'yaml-key': 'Keys are text.',
  'yaml-alias': 'An alias names an anchor above it, and not a value that it is part of.',
  'yaml-merge': '`<<` merges maps.',
  'duplicate-key': 'A map has each key once.',
  'too-deep':
    'Maps and lists are nested at most 64 deep, and what is extended or referred to leads on at most 64 times.',
  'too-large': 'A file stays within bounds, and so do its aliases and variables when they are written out.',

  // Structure, against the schema.
  'not-a-pipeline': 'A pipeline is a map with `version`, `name`, `datasets`, `architectures` and `stages`.',
  'unsupported-version': 'The version of the language is one that this release knows.',
  'unknown-key': 'A map has only keys that the language knows.',
  'missing-key': 'What has no default is written.',
  'null-value': 'A key that is written has a value; null is not a way of leaving it out.',
  'wrong-type': 'A value is of the type that its field needs.',
  'unknown-type': 'The `type` of a map is one of those that exist there.',
  'unknown-word': 'A word is one of those that the field knows.',
  'out-of-range': 'A number lies in the range of its field.',
  'wrong-size': 'A text, list or map has as many parts as its field needs.',
  'bad-name': 'Names start with a letter and consist of letters, digits, `_` and `-`.',
  'shorthand-and-long-form': 'A map writes a field either as its shorthand or in its long form.',

  // What a file is made of, beside itself.
  'extends-target':
    '`extends` names files at the top of a file, and inside a block other blocks of its section.',
  'extends-outside-project': 'Files that a pipeline extends lie inside its project.',
  'extends-cycle': 'No file or block extends itself, not even through others.',
  'unknown-path': 'A path leads to something that is there.',
  'path-exists': '`+` adds what is not there yet.',
  'override-syntax': 'An argument of `-S` is `path=value`, `+path=value`, `++path=value` or `~path`.',
  'range-syntax':
    'A range is `range(start,end)` or `range(start,end,step)`, and has at least one number in it.',

  // What makes several pipelines out of a file.
  'axis-value': 'A value of an axis is a number, a word, true or false, or has a name.',
  'duplicate-cell': 'No two variants of a file have one name.',
  'zip-length': 'Axes that go together have equally many values.',
  'variant-count': 'A file stands for at least 1 and at most 100,000 pipelines.',
  'axis-without-effect': 'An axis makes a difference to some stage, and an arm to the base.',
  'collector-varies': 'A stage that collects axes is the same along them.',
  'moving-ruler': 'What a stage measures with is the same for all seeds.',
  'match-unknown': 'Budgets that are matched can be counted before anything runs.',
  'seed-and-seeds': 'A file has one `seed` or several `seeds`.',

  // `${...}`.
  'expression-syntax':
    'What stands in `${...}` is a reference: vars.name, matrix.axis, arm, seed, or env:NAME.',
  'unknown-variable': 'A `${...}` refers to something that the file declares.',
  'variable-cycle': 'Variables do not refer to themselves, not even through others.',
  'variable-in-text': 'Only text, numbers and booleans can be put into the middle of a text.',
  'environment-unset': 'An environment variable is set, or the file gives its default.',
  'environment-secret': 'Pipelines do not read environment variables that look like secrets.',
  'environment-outside-path': 'Values of environment variables go into paths of files and folders only.',

  // What names refer to.
  'unknown-reference': 'A reference names something that the file declares.',
  'wrong-reference': 'A reference names a thing of the kind that the field needs.',
  'stage-cycle': 'No stage waits for itself, not even through others.',
  'metric-unknown': 'A metric that is compared or bounded is one that some stage computes.',
  'unknown-axis': 'A stage collects axes that the file has, and chooses cells by them.',
  'axis-not-collected': 'Cells are chosen by axes that the stage collects.',
  'unknown-axis-value': 'A cell is chosen by values that lie on the axes.',
  'versus-seed': 'What is compared with is no single seed.',
  'assertion-bounds':
    'An assertion has bounds that can hold, and something to compare with where they compare.',
  'command-inputs': 'A command finds each of its inputs by an environment variable of its own.',
  'command-outs': 'What a command makes lies in its own folder, each file named once.',
  'name-case': 'Names in one section differ in more than case.',
  unused: 'What is declared is used.',

  // What makes sense for a GAN.
  'clip-and-penalty': 'A critic is either clipped or penalised.',
  'lipschitz-needed': 'A Wasserstein objective needs a Lipschitz constraint on the critic.',
  'clip-range': 'The clip range runs from a negative lower to a positive upper bound.',
  'clip-without-wasserstein': 'Weight clipping belongs to a Wasserstein objective.',
  'momentum-with-clip': 'A clipped critic is trained without momentum.',
  'penalty-with-batch-norm': 'A critic with a gradient penalty has no batch norm.',
  'norm-with-spectral-norm': 'A critic under spectral norm has no other norm.',
  'second-derivative': 'A critic with a gradient penalty has layers whose second derivative is right.',
  'dcgan-resolution': 'DCGAN networks work on images whose side can be halved to 4 or more pixels.',
  'resnet-resolution': 'ResNets work on images of sides that they can halve as often as they do.',
  'sequence-networks': '1-D residual networks work on sequences of tokens, and text needs them.',
  'augmentation-images': 'Augmentation changes images.',
  'crop-size': 'A crop moves images by less than their side.',
  'reserved-alias': 'An alias of a registered model is none of MLflow’s own words.',
  'layer-shapes':
    'Layers that are listed can each be given what the one before makes, from latent vector to sample, or from sample to one number.',
  'critic-end': 'A critic ends in a number without bounds: in a linear unit.',
  'extractor-needed': 'A metric that compares features names an extractor.',
  'metric-data': 'A metric measures data that it is defined for.',
  'sample-counts': 'A metric is given as many samples as it is defined for.',
  'modes-need-mixture': 'Modes are counted against a Gaussian mixture.',
  'grid-modes': 'A grid has a square number of modes.',
  'split-size': 'Splits are whole numbers of samples, or shares that add up to at most 1.',
  'split-below-batch': 'The split to learn holds at least one batch.',
  'labels-needed': 'A classifier and conditional networks learn from samples that have labels.',
  'norm-needed': 'A generator that is told classes in its norms has norms.',
  'conditional-formula': 'A generator that is a formula is told no classes.',
  'sample-shape': 'A generator is compared with data of the shape that it makes.',
  'critic-iterations-bounds': 'Bounds of critic iterations leave room for a number of them.',
  'schedule-length': 'A learning rate that falls to the end of the training needs a budget in steps.',
  'nesterov-needs-momentum': 'Nesterov’s method needs momentum.',
  'rollback-only': 'What says how to go back stands with a policy that goes back.',
  'curve-source':
    'A curve is of a training or of several of its snapshots, and both curves of a correlation are of one.',
  'snapshots-needed': 'Snapshots that a stage measures are kept by the stage that trains.',

  // Comments that silence warnings.
  'ignore-unknown': 'A `# wassermill-ignore` comment names codes of warnings.',
  'ignore-unused': 'A `# wassermill-ignore` comment silences a warning.',

  // What the planner finds outside the file.
  'data-unreadable': 'Files and folders that datasets name exist and can be read.',

  'baseline-unreadable': 'Past runs that an assertion compares with can be read.',

  // What this release cannot run.
  'command-refused': 'Commands run only where the user lets them.',
  'machine-too-small': 'A stage asks for no more GPUs and memory than the machine has.',
  'no-engine': 'What a run is to do, this release can do.',
  // What frozen plans have to say.
  'lock-unreadable': 'A frozen plan is whole, and as `plan --out` wrote it.',
  'lock-unwritable':
    'A frozen plan is written into a folder that is there, and over no file but a frozen plan.',
  'plan-changed': 'The code, the data and the language are those that a plan was frozen with.',

  // What a stage finds at work.
  'stage-problem': 'Data is as the specification says: whole, of the declared form, and enough of it.',
} as const satisfies Record<string, string>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

/** The codes of warnings, which keep no pipeline from running; all others are errors. */
export const warningCodes = [
  'name-case',
  'unused',
  'clip-without-wasserstein',
  'momentum-with-clip',
  'norm-with-spectral-norm',
  'axis-without-effect',
  'ignore-unknown',
  'ignore-unused',
] as const satisfies readonly DiagnosticCode[];

export type WarningCode = (typeof warningCodes)[number];
export type ErrorCode = Exclude<DiagnosticCode, WarningCode>;

export function isDiagnosticCode(word: string): word is DiagnosticCode {
  return Object.hasOwn(diagnosticCodes, word);
}

export function isWarningCode(word: string): word is WarningCode {
  return (warningCodes as readonly string[]).includes(word);
}
