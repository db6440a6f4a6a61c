import type { PipelineSpec } from '../spec/pipeline.js';
import type { StageSpec } from '../spec/stages.js';
import type { Baselines } from './baselines.js';
import { datasetStageId, draftDataset, draftStage, type StageDraft } from './stage-drafts.js';

/** Drafts the stages of the variants of one file. What variants share is one draft. */
export class Drafter {
  private readonly known = new Map<object, StageDraft[]>();
  private readonly baselines: Baselines;

  constructor(baselines: Baselines) {
    this.baselines = baselines;
  }

  /** The stages of a specification: those of the file, and one for each dataset that some stage reads. */
  draftStages(spec: PipelineSpec): readonly StageDraft[] {
    const declared = Object.entries(spec.stages).map(([name, stage]) =>
      this.shared(
        stage,
        name,
        (draft) => hasNetworks(draft, stage, spec),
        () => draftStage(spec, name, stage, this.baselines),
      ),
    );
    const read = new Set(declared.flatMap((draft) => draft.inputs.map((input) => input.stage)));
    const datasets = Object.entries(spec.datasets)
      .filter(([name]) => read.has(datasetStageId(name)))
      .map(([name, fields]) =>
        this.shared(
          fields,
          datasetStageId(name),
          () => true,
          () => draftDataset(name, fields),
        ),
      );
    return [...datasets, ...declared];
  }

  private shared(
    declaration: object,
    id: string,
    fits: (draft: StageDraft) => boolean,
    make: () => StageDraft,
  ): StageDraft {
    const drafts = this.known.get(declaration) ?? [];
    const known = drafts.find((draft) => draft.id === id && fits(draft));
    if (known) return known;
    const draft = make();
    this.known.set(declaration, [...drafts, draft]);
    return draft;
  }
}

/** Whether the networks that a draft was made with are those that their names have here. */
function hasNetworks(draft: StageDraft, stage: StageSpec, { architectures }: PipelineSpec): boolean {
  return (
    draft.kind !== 'train' ||
    stage.type !== 'train' ||
    (draft.fields.generator === architectures[stage.generator] &&
      draft.fields.critic === architectures[stage.critic])
  );
}
