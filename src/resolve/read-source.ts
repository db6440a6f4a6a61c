import type { Result } from '../base/result.js';
import type { SourceText } from '../diagnostics/range.js';

/** Reads a file that a pipeline extends. It comes in by argument: the language itself reads no files. */
export type ReadSource = (path: string) => Result<SourceText, ReadFault>;

/** Why a file is not read. */
export type ReadFault =
  | { readonly reason: 'missing'; readonly near: string | undefined }
  /** The path leads out of the project, whose folder is named. */
  | { readonly reason: 'outside'; readonly project: string }
  /** `detail` is a clause that follows the name of the file: `is a folder`. */
  | { readonly reason: 'unreadable'; readonly detail: string };
