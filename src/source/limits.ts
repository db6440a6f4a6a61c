/** How deep maps and lists may nest. Pipelines need less than ten levels. */
export const deepest = 64;

/**
 * How many words and signs of YAML a file may hold, comments aside: some ten thousand lines. What reads them costs far
 * more than the megabyte that they may be written in.
 */
export const mostLexemes = 100_000;

/** How many steps `extends` and `${...}` may lead on from one to the next. */
export const longestChain = 64;

/**
 * How many values aliases, merge keys and `${...}` may add to a file. A few lines of aliases of aliases stand for
 * more values than fit in memory; real files stay far below.
 */
export const mostAddedNodes = 50_000;

/** How long a text with `${...}` in it may become, in UTF-16 code units. */
export const longestText = 100_000;

/** How many pipelines one file may stand for. */
export const mostVariants = 100_000;
