import type { PositionedMap } from '../source/document.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import type { Axes } from './axes.js';

/**
 * One plain pipeline, everything in it decided: what the planner plans. A file with axes (matrix, ablation,
 * seeds) gives several. Only `resolve` makes it, and only from a file without errors.
 */
export interface Experiment {
  /** Where it stands among the variants of its file: empty in a file without axes. */
  readonly axes: Axes;
  /** The canonical specification; paths in it are absolute. */
  readonly spec: PipelineSpec;
  /**
   * The specification as records and reports show it: paths as they were written, and `${env:NAME}` where an
   * environment variable gave them. Nothing in it tells of the machine.
   */
  readonly displaySpec: PipelineSpec;
  /** The same values with the place that each came from. */
  readonly origins: PositionedMap;
}
