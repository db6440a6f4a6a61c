import { artifactOf, type StageRecord } from '../execute/record.js';
import { evenlySpaced } from './pictures.js';

/** Of a stage's texts of one name, those that are shown. */
export interface TextRow {
  readonly name: string;
  readonly texts: readonly ShownText[];
  /** How many there are. */
  readonly all: number;
}

export interface ShownText {
  readonly step: number;
  readonly file: string;
  /** The first samples; undefined where the file is not there any more. */
  readonly lines: readonly string[] | undefined;
}

/** First, last and evenly spaced ones between them. */
const shownAtMost = 6;
const linesShown = 12;

/** Reads the texts of a finished stage; those of others lie nowhere that a reader could look. */
export async function readTexts(
  record: StageRecord,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly TextRow[]> {
  const directory = artifactOf(record.outcome)?.directory;
  if (directory === undefined) return [];
  const names = [...new Set(record.texts.map(({ name }) => name))];
  return Promise.all(
    names.map(async (name) => {
      const all = record.texts.filter((text) => text.name === name).sort((a, b) => a.step - b.step);
      const texts = evenlySpaced(all, shownAtMost).map(async ({ step, file }) => ({
        step,
        file,
        lines: await firstLines(`${directory}/${file}`, readFile),
      }));
      return { name, texts: await Promise.all(texts), all: all.length };
    }),
  );
}

async function firstLines(
  path: string,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly string[] | undefined> {
  try {
    const lines = Buffer.from(await readFile(path))
      .toString('utf8')
      .split('\n');
    return lines.slice(0, Math.min(linesShown, lines.length - 1));
  } catch {
    // A report of an old run outlives its artifacts; the reader is told instead.
    return undefined;
  }
}
