/** What is used of jStat, which has no types of its own. */
declare module 'jstat' {
  const jstat: {
    readonly studentt: {
      /** The quantile at `p` in (0, 1) of Student's t. */
      readonly inv: (p: number, freedom: number) => number;
    };
    /** The regularised incomplete beta function I_x(a, b), for x in [0, 1]. */
    readonly ibeta: (x: number, a: number, b: number) => number;
  };
  export = jstat;
}
