import { Ansis } from 'ansis';

type Paint = (text: string) => string;

/** How the parts of a printed diagnostic are set apart. */
export interface Palette {
  readonly error: Paint;
  readonly warning: Paint;
  readonly note: Paint;
  readonly help: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

const asItIs: Paint = (text) => text;

/** For files, pipes and terminals without colour. */
export const plainPalette: Palette = {
  error: asItIs,
  warning: asItIs,
  note: asItIs,
  help: asItIs,
  strong: asItIs,
  faint: asItIs,
};

// The 16 basic colours, which follow the user's own theme.
const basic = new Ansis(1);

/** For terminals with colour. */
export const colourPalette: Palette = {
  error: (text) => basic.red.bold(text),
  warning: (text) => basic.yellow.bold(text),
  note: (text) => basic.cyan(text),
  help: (text) => basic.green(text),
  strong: (text) => basic.bold(text),
  faint: (text) => basic.dim(text),
};
