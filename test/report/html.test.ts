import { expect, it } from 'vitest';

import { html, trusted } from '../../src/report/html.js';

it('escapes what it is given, in content and in quoted attributes', () => {
  const text = `</p><script>alert("1")</script>&'`;
  expect(html`<p title="${text}">${text}</p>`.text).toBe(
    '<p title="&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
      '&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
  );
});

it('escapes once: templates within templates, and lists of them, stay markup', () => {
  const items = ['<', '>'].map((text) => html`<b>${text}</b>`);
  expect(html`<i>${items}</i>`.text).toBe('<i><b>&lt;</b><b>&gt;</b></i>');
  expect(html`${trusted('<hr>')}${['<a>', 1]}`.text).toBe('<hr>&lt;a&gt;1');
});

it('leaves nothing for undefined and false, and a zero for zero', () => {
  expect(html`[${undefined}${false}${0}]`.text).toBe('[0]');
});

it('keeps backslashes, and replaces control characters that HTML forbids', () => {
  expect(html`[${String.raw`C:\new`}]`.text).toBe(String.raw`[C:\new]`);
  expect(html`[${'a\u0000b\u001b[31mc\td\ne'}]`.text).toBe('[a\ufffdb\ufffd[31mc\td\ne]');
});
