export const graphFormats = ['text', 'dot', 'mermaid', 'json'] as const;
export type GraphFormat = (typeof graphFormats)[number];
