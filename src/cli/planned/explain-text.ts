import { formatDuration, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { required } from '../../base/invariant.js';
import type { Palette } from '../../diagnostics/palette.js';
import { positionAt } from '../../diagnostics/position.js';
import { printable } from '../../diagnostics/printable.js';
import { sourceLines } from '../../diagnostics/render.js';
import type { Cause } from '../../plan/causes.js';
import type { Compared } from '../../plan/explain.js';
import { stageName } from '../../plan/stage-name.js';
import type { StageId } from '../../plan/types.js';
import type { AssessedStage, Assessment } from '../assess-plan.js';
import { causeWords, partWords } from './cause-words.js';
import type { Teller, ToldCause } from './told-cause.js';

export interface ExplainLook {
  readonly palette: Palette;
  readonly width: number;
  readonly ellipsis: string;
}

/** Explains the stages of one plan, as text for people. */
export class ExplainText {
  private readonly assessment: Assessment;
  private readonly teller: Teller;
  private readonly look: ExplainLook;

  constructor(assessment: Assessment, teller: Teller, look: ExplainLook) {
    this.assessment = assessment;
    this.teller = teller;
    this.look = look;
  }

  /** One cell with what its key is made of, and each cause down to its root. */
  one(row: AssessedStage, madeOf: readonly string[]): string {
    const { strong } = this.look.palette;
    const lines = [
      `${strong(row.stage.id)}: ${verdictOf(row)}`,
      ...madeOf.map((line) => `  ${line}`),
      ...indented(this.causes(row, new Set([row.stage.id]), true)),
    ];
    return `${lines.join('\n')}\n`;
  }

  /** Every cell that is to run. Cells of a stage that run for the same causes are told of once. */
  all(): string {
    const { strong } = this.look.palette;
    const running = this.assessment.stages.filter(({ runs }) => runs);
    const told = running.map((row) => ({
      row,
      lines: this.causes(row, new Set([row.stage.id]), false),
    }));
    const groups = groupBy(told, ({ row, lines }) => `${stageName(row.stage.id)}\n${lines.join('\n')}`);
    const blocks = [...groups.values()].map((alike) => {
      const { row, lines } = required(alike[0], 'a cell');
      const others = alike.length === 1 ? '' : ` and ${plural(alike.length - 1, 'more cell')}`;
      return [`${strong(row.stage.id)}${others}: ${verdictOf(row)}`, ...indented(lines), ''].join('\n');
    });
    const hits = this.assessment.stages.filter(({ runs, hindrance }) => !runs && !hindrance).length;
    return [...blocks, `${plural(running.length, 'stage')} to run, ${plural(hits, 'hit')}`, ''].join('\n');
  }

  private causes(row: AssessedStage, seen: Set<StageId>, isDeep: boolean): readonly string[] {
    const { causes, compared } = row.explanation;
    const lines = causes.map((cause) => this.cause(cause, row.stage.id, compared, { seen, isDeep }));
    const comparison = compared ? [this.look.palette.faint(comparisonOf(compared))] : [];
    // What never ran is compared with another.
    const first = compared?.isSame === false ? 1 : 0;
    return [...lines.slice(0, first), comparison, ...lines.slice(first)].flat();
  }

  private cause(
    cause: Cause,
    stage: StageId,
    compared: Compared | undefined,
    how: { readonly seen: Set<StageId>; readonly isDeep: boolean },
  ): readonly string[] {
    const told = this.teller.tell(cause, stage);
    if (cause.type === 'input' && cause.change === 'changed' && compared) {
      const { after } = cause;
      const title = `its input ${how.isDeep ? after.stage : stageName(after.stage)} ${told.inputRuns ? 'runs' : 'has changed'}`;
      // Where every stage is explained, the input is, too.
      if (!how.isDeep && told.inputRuns) return [title];
      if (how.seen.has(after.stage)) return [`${title}: see above`];
      how.seen.add(after.stage);
      const roots = this.assessment.explainer.follow(cause, compared);
      const lines = roots.flatMap((root) => this.cause(root, after.stage, compared, how));
      return lines.length === 0 ? [title] : [`${title}:`, ...indented(lines)];
    }
    return [this.headline(told), ...this.excerpt(told), ...partLines(cause)];
  }

  private headline(told: ToldCause): string {
    const { palette, width, ellipsis } = this.look;
    const words = causeWords(told, { value: Math.max(20, width * 2), place: 'none', ellipsis });
    if (!told.place) return words;
    const { range, isDefault } = told.place;
    const { line, column } = positionAt(range.source, range.start);
    const place = palette.faint(`${printable(range.source.name)}:${line}:${column}:`);
    return `${place} ${words}${isDefault ? ' (the default)' : ''}`;
  }

  private excerpt({ place }: ToldCause): readonly string[] {
    const { palette, width } = this.look;
    return sourceLines(place?.range, palette.note, palette, width - 4);
  }
}

function verdictOf({ runs, found, sameAs, hindrance }: AssessedStage): string {
  if (hindrance) {
    return 'diverged' in hindrance
      ? `not run, because it reads from ${hindrance.diverged}, which diverged`
      : `not run, because it waits for ${hindrance.refused}, which did not pass`;
  }
  if (sameAs !== undefined) return `the same as ${sameAs}, which runs`;
  if (found.state !== 'hit') return found.state === 'miss' ? 'miss, to run' : 'damaged, to run';
  const took = `took ${formatDuration(found.artifact.seconds)}`;
  return runs ? `hit (${took}), to run again` : `hit (${took})`;
}

function comparisonOf({ run, stage, isSame }: Compared): string {
  return isSame ? `compared with run ${run.run}` : `compared with the nearest, ${stage.id} of run ${run.run}`;
}

/** The parts of the code, where there are more than fit into the headline. */
function partLines(cause: Cause): readonly string[] {
  return cause.type === 'code' && cause.parts.length > 1
    ? cause.parts.map((part) => `  ${partWords(part)}`)
    : [];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
