import { html, trusted, type HtmlValue } from './html.js';
import { styleSheet } from './style.js';

export interface Page {
  readonly title: string;
  readonly body: HtmlValue;
  readonly footer: string;
}

/** The policy makes a browser refuse scripts and requests even if some text of a user's became markup. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function page({ title, body, footer }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Wassermill" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <main>${body}</main>
        <footer>${footer}</footer>
      </body>
    </html> `.text;
}
