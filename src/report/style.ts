/**
 * The report's look. Colours are Okabe and Ito's blue, vermilion and green, which colour-blind readers tell
 * apart, darkened or lightened until text reaches a contrast of 4.5 on its ground; none carries meaning alone.
 */
export const styleSheet = `
:root {
  --ground: #ffffff; --panel: #f6f7f9; --ink: #16191d; --muted: #5a626c; --line: #e6e8ec; --axis: #b4bac2;
  --strong: #0063a3; --raw: #a9cdea; --good: #00714f; --bad: #b3400a; --unsure: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111418; --panel: #1a1e24; --ink: #e9ecf0; --muted: #9aa4b0; --line: #2a3038; --axis: #4b545f;
    --strong: #67bdf2; --raw: #2c536e; --good: #3cc79a; --bad: #ff8a57; --unsure: #e2b04a;
  }
}
@media print {
  :root {
    --ground: #ffffff; --panel: #f6f7f9; --ink: #000000; --muted: #444444; --line: #dddddd; --axis: #999999;
    --strong: #0063a3; --raw: #a9cdea; --good: #00714f; --bad: #b3400a; --unsure: #8a5a00;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
main, footer { max-width: 1088px; margin: 0 auto; padding: 0 24px; }
main { padding-top: 40px; }
footer { padding-top: 24px; padding-bottom: 48px; color: var(--muted); font-size: 13px; }
section { margin-top: 48px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 4px 0 0; overflow-wrap: anywhere; }
h2 { font-size: 21px; letter-spacing: -0.01em; margin: 0 0 16px; padding-bottom: 8px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.eyebrow { color: var(--muted); font-size: 13px; }
.lead { margin-top: 12px; font-size: 18px; max-width: 46em; overflow-wrap: anywhere; }
.mono, pre, code, .graph text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.mono, code { font-size: 0.9em; overflow-wrap: anywhere; }
.caption { color: var(--muted); font-size: 13px; line-height: 1.45; overflow-wrap: anywhere; }
.unit { color: var(--muted); font-size: 13px; font-weight: 400; }
.outcome {
  margin-top: 20px; padding: 12px 16px; border-radius: 8px; background: var(--panel);
  border-left: 4px solid var(--axis);
}
.outcome .when { color: var(--muted); }
.outcome.good { border-left-color: var(--good); } .outcome.good strong { color: var(--good); }
.outcome.bad { border-left-color: var(--bad); } .outcome.bad strong { color: var(--bad); }
.outcome.unsure { border-left-color: var(--unsure); } .outcome.unsure strong { color: var(--unsure); }
.failure { margin-top: 24px; padding: 16px; border: 1px solid var(--bad); border-radius: 8px; }
.failure h2 { border: 0; margin: 0 0 4px; padding: 0; font-size: 17px; color: var(--bad); }
.failure > * + * { margin-top: 10px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 16px; }
.card { padding: 16px 18px; border-radius: 10px; background: var(--panel); break-inside: avoid; }
.card .value { font-size: 32px; line-height: 1.2; letter-spacing: -0.02em; font-weight: 600; margin-top: 6px; overflow-wrap: anywhere; }
.card .change { font-size: 14px; margin-top: 4px; color: var(--muted); }
.card .before { color: var(--ink); }
.card .delta { display: block; font-weight: 600; }
.card .caption { margin-top: 10px; }
article + article { margin-top: 32px; } .card + .card { margin-top: 0; }
article > * + .scroll, article > .scroll + * { margin-top: 8px; }
.judged h3 { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; } .judged h3 .state { font-weight: 600; } .judged .statement { margin-top: 4px; max-width: 46em; overflow-wrap: anywhere; }
.caption + h3 { margin-top: 24px; }
.why { max-width: 22em; color: var(--muted); font-size: 13px; line-height: 1.45; white-space: normal; overflow-wrap: anywhere; }
.interval { display: block; margin: 4px 0 0; } .number .interval { margin-left: auto; } .number .why { margin-left: auto; }
.interval .ground { stroke: var(--line); } .interval .held { fill: var(--good); fill-opacity: 0.16; }
.interval .bound { stroke: var(--ink); stroke-width: 1.5; } .interval .even { stroke: var(--axis); stroke-dasharray: 2 2; }
.interval .span { stroke: var(--strong); stroke-width: 2; stroke-linecap: round; } .interval .open { stroke-dasharray: 4 4; }
.interval .at { fill: var(--strong); stroke: var(--ground); }
.interval.good .span { stroke: var(--good); } .interval.good .at { fill: var(--good); }
.interval.bad .span { stroke: var(--bad); } .interval.bad .at { fill: var(--bad); }
.interval.unsure .span { stroke: var(--unsure); } .interval.unsure .at { fill: var(--unsure); }
.interval.neutral .span { stroke: var(--muted); } .interval.neutral .at { fill: var(--muted); }
.better { color: var(--good); } .worse { color: var(--bad); } .neutral, .equal { color: var(--muted); }
figure { margin: 0; break-inside: avoid; min-width: 0; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 24px; align-items: baseline; }
section > figure + *, section > .scroll + .scroll { margin-top: 32px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 32px 40px; }
.chart { display: block; width: 100%; height: auto; margin: 8px 0 4px; overflow: visible; }
.chart text { font-family: inherit; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--muted); }
.key::before { content: ""; display: inline-block; width: 18px; vertical-align: middle; margin-right: 6px; border-top: 3px solid; }
.key.raw::before { border-top-width: 2px; border-color: var(--raw); } .key.strong::before { border-color: var(--strong); }
.pictures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 16px; margin: 10px 0 28px; }
.pictures img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: 4px; background: #fff; }
.texts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; margin: 10px 0 28px; }
.texts pre { margin: 0; padding: 8px 10px; font-size: 12px; border: 1px solid var(--line); border-radius: 4px; }
.texts figcaption { margin-top: 4px; font-size: 13px; }
.pictures .pixels { image-rendering: pixelated; }
.pictures figcaption { margin-top: 4px; font-size: 13px; }
.missing { padding: 24px 12px; border: 1px dashed var(--axis); border-radius: 4px; color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: baseline; padding: 8px 20px 8px 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 500; font-size: 13px; white-space: nowrap; }
.facts th { color: var(--muted); font-weight: 500; white-space: nowrap; width: 1%; }
.scroll + h3, .scroll + .cards { margin-top: 24px; } table.results { width: auto; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll table { min-width: max-content; } .scroll .mono { overflow-wrap: normal; white-space: nowrap; }
.facts td { overflow-wrap: anywhere; }
.state { white-space: nowrap; }
.state.good { color: var(--good); } .state.bad { color: var(--bad); font-weight: 600; } .state.unsure { color: var(--unsure); }
.graph { display: block; font-size: 13px; }
.graph text { fill: var(--ink); font-size: 13px; }
.graph .node { fill: var(--panel); stroke: var(--axis); stroke-width: 1.5; }
.graph .node.good { stroke: var(--good); } .graph .node.bad { stroke: var(--bad); } .graph .node.unsure { stroke: var(--unsure); stroke-dasharray: 4 3; }
.graph .edge { fill: none; stroke: var(--axis); stroke-width: 1.5; }
pre {
  margin: 8px 0 0; padding: 14px 16px; border-radius: 8px; background: var(--panel); font-size: 13px; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2;
}
details pre { margin-top: 8px; }
.attempt + .attempt { margin-top: 20px; }
summary { cursor: pointer; color: var(--muted); font-size: 14px; }
section > pre + .caption { margin-top: 10px; }
ul { margin: 0; padding-left: 20px; overflow-wrap: anywhere; }
@media (max-width: 720px) {
  main, footer { padding-left: 16px; padding-right: 16px; }
  main { padding-top: 24px; }
  section { margin-top: 36px; }
  h1 { font-size: 27px; }
  .lead { font-size: 16px; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  .wide { display: none; } .narrow { display: block; }
  .pictures, .texts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
  .cards { grid-template-columns: minmax(0, 1fr); gap: 12px; }
}
@media print {
  @page { margin: 16mm; }
  body { font-size: 11pt; }
  main, footer { padding: 0; max-width: none; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .scroll { overflow: visible; }
  h2, h3, figcaption { break-after: avoid; }
}
`;
