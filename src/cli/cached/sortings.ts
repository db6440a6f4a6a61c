/** What a list of artifacts may be sorted by. */
export const sortings = ['age', 'size', 'took'] as const;
export type Sorting = (typeof sortings)[number];
