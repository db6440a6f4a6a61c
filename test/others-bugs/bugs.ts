/** A test, by its file below `test/` and its title there. */
export type CoveringTest = readonly [file: string, title: string];

export interface OthersBug {
  readonly bug: string;
  /** Threads of other tools, by name and number. */
  readonly seenIn?: readonly string[];
  readonly tests: readonly CoveringTest[];
  /** What cannot be tested yet, because what it would be a bug of is not there. */
  readonly waits?: {
    readonly for: string;
    /** Below `src/`: where the text is found in it, the feature has come, and its test is owed. */
    readonly under: string;
    readonly text: RegExp;
  };
}

/** What went wrong in tools of this kind, and which tests keep it from going wrong here. */
export const othersBugs: readonly OthersBug[] = [
  {
    bug: 'kill -9 in the middle of a stage, then run again',
    tests: [
      ['crash/crash.test.ts', 'when it is killed at a call that changes something'],
      ['crash/crash.test.ts', 'when it or a child of it is killed at any time, 30 times'],
      [
        'stages/resume.test.ts',
        'killed at random moments, a training ends with the bits of one that was not',
      ],
      ['acceptance/resume.test.ts', 'a run killed fifty times ends as one that was not'],
    ],
  },
  {
    bug: 'a stale lock after a power loss',
    seenIn: ['snakemake --unlock', 'DVC 8417'],
    tests: [
      [
        'others-bugs/runs.test.ts',
        'what a power loss leaves holds nobody up, whoever has its process number now',
      ],
      ['files/process-lock.test.ts', 'a dead owner holds nothing, and files of other origin do not count'],
    ],
  },
  {
    bug: 'the file is edited while it runs',
    seenIn: ['snakemake 3234'],
    tests: [
      ['others-bugs/runs.test.ts', 'a run is of the file as it was when it began'],
      ['cli/lock/lock.test.ts', 'is run as it was frozen, whatever becomes of its files'],
      ['cli/command-stages.test.ts', 'a command whose deps change while it runs has no result'],
    ],
  },
  {
    bug: 'a removed parameter must rerun',
    seenIn: ['DVC 9913'],
    tests: [
      [
        'others-bugs/runs.test.ts',
        'a parameter that is removed runs its stage again, unless it said the default',
      ],
    ],
  },
  {
    bug: 'a changed helper function must rerun',
    seenIn: ['zenml 1011'],
    tests: [
      [
        'others-bugs/code.test.ts',
        'a changed helper runs again what used it and nothing else; a changed comment nothing',
      ],
      ['cli/explain.test.ts', 'code that changed is named by its modules'],
    ],
  },
  {
    bug: 'a comment or the order of keys must hit',
    seenIn: ['snakemake 1694'],
    tests: [['cli/explain.test.ts', 'has hits where nothing that counts has changed']],
  },
  {
    bug: 'a deleted or corrupt artifact must miss',
    seenIn: ['zenml 3975', 'DVC 7615'],
    tests: [
      [
        'others-bugs/runs.test.ts',
        'an artifact of which anything was deleted is made again, and the plan says so',
      ],
      ['cli/run.test.ts', 'a damaged result is told, and made again to the same bits'],
      [
        'crash/damage.test.ts',
        'each kind of file, damaged in one way, is made again or told of, and nothing wrong is made of it',
      ],
    ],
  },
  {
    bug: 'a sweep with one failing cell, then run again',
    seenIn: ['hydra 2551', 'hydra 3328', 'wandb 5197'],
    tests: [
      [
        'others-bugs/runs.test.ts',
        'after one failed cell only that cell runs, and in another grid only what is new',
      ],
      ['cli/execution.test.ts', 'a sweep goes on with the other cells, unless it is told to stop'],
    ],
  },
  {
    bug: 'the same dataset at two resolutions has two reference statistics',
    seenIn: ['StudioGAN 131'],
    tests: [
      ['others-bugs/runs.test.ts', 'a dataset at two resolutions is two references, each of its own samples'],
    ],
  },
  {
    bug: 'a dry run must equal the run',
    seenIn: ['snakemake 3675'],
    tests: [
      [
        'prediction/prediction.test.ts',
        'what a plan says is what a run does, over random pipelines and edits',
      ],
      ['cli/plan.test.ts', 'a dry run refuses what the run would refuse; a plan does not'],
    ],
  },
  {
    bug: 'two cells whose names collide',
    tests: [
      ['others-bugs/runs.test.ts', 'cells whose names would collide are refused, where they are written'],
      ['resolve/fan-out.test.ts', 'is told apart from other axes of its name by more of its path'],
    ],
  },
  {
    bug: 'a step summary over 1 MiB',
    tests: [],
    waits: { for: 'step summaries', under: '', text: /GITHUB_STEP_SUMMARY/ },
  },
  {
    bug: 'more than 10 annotations',
    tests: [['diagnostics/forms.test.ts', 'say that there are more than GitHub shows']],
  },
  {
    bug: 'a WGAN without clipping',
    seenIn: ['torchgan 42'],
    tests: [
      ['spec/rules/lipschitz-needed.test.ts', 'lipschitz-needed'],
      ['tensor/steps.test.ts', 'the critic is clipped after its step, the generator never'],
      [
        'tensor/trainer.test.ts',
        'every critic weight is inside the range after each critic step, and some at its end',
      ],
    ],
  },
  {
    bug: 'a generator that is trained in the wrong direction',
    seenIn: ['pytorch-wgan 53'],
    tests: [
      [
        'tensor/steps.test.ts',
        'the $objective generator moves its samples to where the critic scores higher',
      ],
      ['tensor/steps.test.ts', 'the Wasserstein critic ascends E[f(real)] - E[f(fake)]'],
      ['tensor/trainer.test.ts', 'a WGAN learns a ring of 8 Gaussians'],
    ],
  },
];
