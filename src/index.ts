/**
 * Wassermill as a library: a whole run, and the phases of the command line, each a function from one type to the
 * next. See docs/architecture.md.
 */
export { runPipeline, type RunPipelineOptions, type RunPipelineProblem } from './cli/run-pipeline.js';
export type { FinishedRun } from './cli/execute-plan.js';
export type { SetupProgress } from './native/progress.js';
export type { NativeProblem } from './native/problem.js';
export type { Result, Ok, Err } from './base/result.js';
export type { Diagnostic, DiagnosticNote, Severity } from './diagnostics/diagnostic.js';
export type { DiagnosticCode } from './diagnostics/codes.js';
export type { SourceRange, SourceText } from './diagnostics/range.js';
export { renderDiagnostics } from './diagnostics/render.js';
export type { PositionedDocument, PositionedNode } from './source/document.js';
export { parseDocument } from './source/parse-document.js';
export type { PipelineSpec } from './spec/pipeline.js';
export type { Experiment } from './resolve/experiment.js';
export type { ReadFault, ReadSource } from './resolve/read-source.js';
export { resolvePipeline, type ResolveInputs } from './resolve/resolve.js';
export { extendedFiles } from './cli/extended-files.js';
export type { PlanningWorld } from './plan/world.js';
export type { Plan, PlannedStage, StageId, StageKey } from './plan/types.js';
export { planExperiment, planExperiments, type PlannedExperiments } from './plan/plan.js';
export type { Artifact, Cache } from './cache/contract.js';
export { openStore } from './cache/store.js';
export type { RunEvent } from './execute/events.js';
export { recordOf, type RunRecord } from './execute/record.js';
export { runPlan, type RunOptions } from './execute/scheduler.js';
export { localWorkers } from './execute/worker-pool.js';
export { renderReport } from './report/report.js';
