/** How a number is shown and read; docs/metrics.md says more of each. */
export interface MetricLabel {
  readonly title: string;
  /** In brackets behind the title; empty for a plain number. */
  readonly unit: string;
  /** Which way is better. `neither`: the value alone does not tell. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** One line, without a full stop. */
  readonly meaning: string;
}
