import { formatCount } from '../base/format.js';
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.js';
import { axesName, type Axes, isPartOf } from './axes.js';

interface Finding {
  readonly diagnostic: Diagnostic;
  readonly variants: Axes[];
}

/** Collects what is said of the variants of a file, so that each problem is told once, with the variants that have it. */
export class VariantProblems {
  private readonly findings = new Map<string, Finding>();
  private readonly seen: Axes[] = [];
  private readonly ids = new Map<object, number>();
  /** How many variants have errors. */
  erroneous = 0;

  add(axes: Axes, problems: readonly Diagnostic[]): void {
    this.seen.push(axes);
    if (problems.some(({ severity }) => severity === 'error')) this.erroneous += 1;
    for (const diagnostic of problems) {
      const identity = this.identityOf(diagnostic);
      const finding = this.findings.get(identity) ?? { diagnostic, variants: [] };
      this.findings.set(identity, finding);
      if (finding.variants.at(-1) !== axes) finding.variants.push(axes);
    }
  }

  /** Every problem once. What is unused in some variants is used in others. */
  told(): readonly Diagnostic[] {
    return [...this.findings.values()].flatMap(({ diagnostic, variants }) => {
      if (variants.length === this.seen.length) return [diagnostic];
      if (diagnostic.code === 'unused') return [];
      return [{ ...diagnostic, notes: [...diagnostic.notes, { message: this.where(variants) }] }];
    });
  }

  has(severity: Severity): boolean {
    return [...this.findings.values()].some(({ diagnostic }) => diagnostic.severity === severity);
  }

  private where(variants: readonly Axes[]): string {
    const [first = {}] = variants;
    // An axis with one value tells nothing.
    const telling = Object.entries(first).filter(([axis, value]) =>
      this.seen.some((axes) => axes[axis] !== value),
    );
    const common = Object.fromEntries(
      telling.filter(([axis, value]) => variants.every((axes) => axes[axis] === value)),
    );
    const count = this.seen.filter((axes) => isPartOf(common, axes)).length;
    if (count === variants.length) return `with ${axesName(common)}`;
    const of = `${formatCount(variants.length)} of ${formatCount(this.seen.length)} variants`;
    return `in ${of}, such as ${axesName(Object.fromEntries(telling))}`;
  }

  private identityOf({ code, message, range }: Diagnostic): string {
    const place = range && [this.idOf(range.source), range.start, range.end];
    return JSON.stringify([code, message, place]);
  }

  private idOf(source: object): number {
    const id = this.ids.get(source) ?? this.ids.size;
    this.ids.set(source, id);
    return id;
  }
}
