import type { SourceText } from '../diagnostics/range.js';
import type { ReadSource } from '../resolve/read-source.js';

/**
 * Texts of files that are read together. Each file is one text, however often it is read, so that what is wrong with
 * a file that several pipelines extend is told once.
 */
export class SharedSources {
  private readonly known = new Map<string, SourceText>();
  private readonly extenders = new Map<string, Set<string>>();

  /** The text of this file as it was read first. */
  one(source: SourceText): SourceText {
    const known = this.known.get(source.path) ?? source;
    this.known.set(source.path, known);
    return known;
  }

  /** Reads for a pipeline, and keeps in mind that it extends what is read. */
  for(pipeline: SourceText, read: ReadSource): ReadSource {
    return (path) => {
      const source = read(path);
      if (!source.ok) return source;
      const extenders = this.extenders.get(path) ?? new Set();
      this.extenders.set(path, extenders.add(pipeline.name));
      return { ok: true, value: this.one(source.value) };
    };
  }

  /** Names of the pipelines that extend this file, in the order of reading. */
  extendersOf(path: string): readonly string[] {
    return [...(this.extenders.get(path) ?? [])];
  }
}
