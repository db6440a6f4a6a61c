const voidElements = new Set(['meta', 'link', 'img', 'wbr', 'br', 'hr']);

/**
 * Fails unless every tag of the markup is closed in order: what a browser would mend silently, and draw
 * somewhere else. Enough of HTML for markup that our own templates make.
 */
export function assertWellFormed(markup: string): void {
  const open: string[] = [];
  const withoutRawText = markup.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/<!doctype html>/, '');
  const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z0-9:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g;
  const rest = withoutRawText.replace(
    tag,
    (_, closing: string, name: string, __: string, selfClosed: string) => {
      if (closing === '/') {
        const expected = open.pop();
        if (expected !== name) throw new Error(`</${name}> closes <${expected ?? 'nothing'}>`);
      } else if (selfClosed !== '/' && !voidElements.has(name)) {
        open.push(name);
      }
      return '';
    },
  );
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  const stray = /[<>].{0,40}/.exec(rest);
  if (stray !== null) throw new Error(`not a tag: ${stray[0]}`);
}
