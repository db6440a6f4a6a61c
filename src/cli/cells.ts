/** Cells of one stage of the file that are shown a line each. More of them get one line with counts. */
export const mostCells = 12;
