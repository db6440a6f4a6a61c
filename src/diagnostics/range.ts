/** A text that the user wrote: a pipeline file, or a command-line argument. */
export interface SourceText {
  /** As it is shown: relative to the working directory where it lies below it, or `<argument>`. */
  readonly name: string;
  /** Absolute path of the file; relative paths written in it are relative to its folder. */
  readonly path: string;
  readonly text: string;
}

/** Offsets in UTF-16 code units, `end` exclusive. Line and column are computed when printing. */
export interface SourceRange {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}
