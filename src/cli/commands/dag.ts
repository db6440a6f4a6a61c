import { graphOfCells, graphOfStages, type StageGraph } from '../../plan/stage-graph.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { dotOf } from '../graph/dot.js';
import type { GraphFormat } from '../graph/formats.js';
import { mermaidOf } from '../graph/mermaid.js';
import { graphText } from '../graph/text.js';
import { draftPipeline } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import { lookOf } from '../terminal/look.js';

export interface DagOptions {
  readonly format: GraphFormat;
  /** A node for each cell of the fan-out, or for each stage of the file. */
  readonly cells: boolean;
  /** The arguments of `-S`. */
  readonly overrides: readonly string[];
}

/** Prints the graph of stages; needs neither the data nor a backend. */
export async function dag(
  file: string,
  { format, cells, overrides }: DagOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const drafted = await draftPipeline(file, overrides, surroundings);
  printDiagnostics(drafted.ok ? drafted.value.warnings : drafted.error, 'text', surroundings);
  if (!drafted.ok) return exitCode.usage;
  const { plan } = drafted.value;
  const graph = cells ? graphOfCells(plan) : graphOfStages(plan);
  surroundings.stdout.write(rendered(graph, format, surroundings));
  return exitCode.ok;
}

function rendered(
  graph: StageGraph,
  format: GraphFormat,
  { stdout, environment }: Pick<Surroundings, 'stdout' | 'environment'>,
): string {
  switch (format) {
    case 'text':
      return graphText(graph, lookOf(stdout, environment));
    case 'dot':
      return dotOf(graph);
    case 'mermaid':
      return mermaidOf(graph);
    case 'json':
      return `${JSON.stringify(graph, null, 2)}\n`;
  }
}
