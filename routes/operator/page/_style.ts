// SPDX-License-Identifier: Apache-2.0
/** The style of the operator's page, in light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #55606e; --line: #d5dae1; --page: #f4f6f8; --card: #fff;
  --accent: #1f4fbf; --on-accent: #fff; --good: #17714a; --bad: #b3261e; --warn: #8a5a00;
  --starts: #3b6fd4; --verified: #2b9a66; --review: #d69a14; --rejected: #cf4a40; --other: #8791a0;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7ebf0; --soft: #a3adba; --line: #343c48; --page: #12161c; --card: #1b212a;
    --accent: #8fb1ff; --on-accent: #0e1a33; --good: #6fd3a3; --bad: #ff9a91; --warn: #f0c25e;
    --starts: #6d9bf5; --verified: #49c08a; --review: #e5b23c; --rejected: #ef7168; --other: #7c8798;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page) }
a { color: var(--accent) }
h1, h2, p { margin: 0 }
h1 { font-size: 1.125rem }
h2 { font-size: 1rem; margin-bottom: .5rem }
header { background: var(--card); border-bottom: 1px solid var(--line) }
header > div, main { max-width: 70rem; margin: 0 auto; padding: .75rem 1rem }
header > div { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center }
header h1 { flex: 1 1 auto }
header h1 a { color: inherit; text-decoration: none }
header p { color: var(--soft); font-size: .875rem }
main { display: grid; gap: 1rem; padding-bottom: 3rem }
section, .sign-in { background: var(--card); border: 1px solid var(--line);
  border-radius: .625rem; padding: 1rem; min-width: 0 }
.state { border-left: .375rem solid var(--good) }
.state.bad { border-left-color: var(--bad) }
.state.warn { border-left-color: var(--warn) }
.state strong { font-size: 1.25rem; display: block }
.soft, .state p { color: var(--soft) }
.pair { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr));
  align-items: start }
.figures { display: grid; gap: .75rem 1rem; margin: 0;
  grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)) }
.figures div { display: flex; flex-direction: column-reverse }
.figures dt { color: var(--soft); font-size: .875rem }
.figures dd { margin: 0; font-size: 1.625rem; font-weight: 600; line-height: 1.2;
  font-variant-numeric: tabular-nums }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: 0 }
.facts dt { color: var(--soft) }
.facts dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .375rem .75rem .375rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top }
th { color: var(--soft); font-weight: 500; font-size: .875rem }
tr:last-child > * { border-bottom: 0 }
td.number, th.number { text-align: right; padding-right: 1rem }
.scroll { overflow-x: auto }
code { font: .875em ui-monospace, "SFMono-Regular", Menlo, monospace; overflow-wrap: anywhere }
.good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end }
label { display: grid; gap: .25rem; font-size: .875rem; color: var(--soft); flex: 1 1 16rem }
input, select { font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--soft);
  border-radius: .375rem; padding: .5rem .625rem; width: 100% }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
  flex: 1 1 100% }
legend { font-size: .875rem; color: var(--soft); padding: 0; margin-bottom: .25rem }
fieldset label { display: flex; flex: none; gap: .5rem; align-items: center; font-size: 1rem;
  color: var(--ink); min-height: 2.5rem }
input[type="radio"] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent) }
button { font: inherit; padding: .5rem 1rem; border-radius: .375rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent) }
button.quiet { background: transparent; color: var(--accent); padding: .25rem .75rem }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.links, .buttons { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center }
section > .links { margin-top: .75rem }
section > p + form, form + form { margin-top: .75rem }
.sign-in { width: 100%; max-width: 26rem; margin: 12vh auto 0; display: grid; gap: 1rem }
.sign-in form { display: grid }
.sign-in label { flex: none }
figure { margin: 0 }
figure svg { display: block; width: 100%; height: 9rem }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke }
.starts { fill: var(--starts) } .verified { fill: var(--verified) } .review { fill: var(--review) }
.rejected { fill: var(--rejected) } .other { fill: var(--other) }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .8125rem;
  font-variant-numeric: tabular-nums; margin-top: .25rem }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 0 0 .5rem;
  padding: 0; font-size: .875rem; color: var(--soft) }
.legend svg { display: inline-block; width: .75rem; height: .75rem; margin-right: .375rem }
details { margin-top: .5rem; font-size: .875rem }
summary { cursor: pointer; color: var(--soft); width: fit-content }
details table { margin-top: .5rem }
.timeline, .letters { list-style: none; margin: 0; padding: 0 }
.letters li { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  justify-content: space-between; padding: .5rem 0; border-top: 1px solid var(--line) }
.letters li:first-child { border-top: 0 }
.letters div { min-width: 0 }
.timeline li { display: grid; gap: 0 1rem; grid-template-columns: 11rem minmax(0, 1fr);
  padding: .5rem 0; border-top: 1px solid var(--line) }
.timeline li:first-child { border-top: 0 }
.timeline time { color: var(--soft); font-variant-numeric: tabular-nums }
@media (max-width: 40rem) { .timeline li { grid-template-columns: 1fr } }
`;
