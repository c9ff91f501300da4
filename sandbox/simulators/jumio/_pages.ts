/** What the person may choose on the pretend page, in the words of a person. */
const CHOICES: readonly [outcome: string, label: string, words: string][] = [
  ["passed", "Passed", "Everything is fine"],
  ["warning", "Warning", "Something is doubtful"],
  ["rejected", "Rejected", "The document is forged"],
  ["inconclusive", "Inconclusive", "The check could not be made"],
  ["abandoned", "Left unfinished", "The person closes the tab"],
  ["link_expired", "Link expired", "Nobody came in time"],
];

const STYLE = `
:root {
  color-scheme: light dark;
  --accent: light-dark(#11683e, #79d7a5);
  font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif;
  color: light-dark(#1b1e2b, #e9eaf2);
  background: light-dark(#f2f7f4, #10151a);
}
main { max-width: 30rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; color: var(--accent) }
form { display: grid; gap: .6rem }
button {
  display: grid; padding: .6rem 1rem; border: 1px solid light-dark(#9fb3a8, #4a5b55);
  border-radius: .6rem; font: inherit; text-align: start; cursor: pointer;
  color: inherit; background: light-dark(#fff, #1a2126);
}
button:hover { border-color: var(--accent) }
button span { font-size: .875rem; color: light-dark(#505a68, #a9b4bd) }
a { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`;

/** The page that stands for Jumio's hosted one: instead of a camera, a choice of the outcome. */
export function renderOutcomePage(action: string): Response {
  const buttons = CHOICES.map(([outcome, label, words]) =>
    `<button name="outcome" value="${outcome}"><b>${label}</b><span>${words}</span></button>`
  );
  return page(
    200,
    `<p>Here a person would show a document and a face. Choose how it ends.</p>
<form method="post" action="${action.replaceAll("&", "&amp;")}">
${buttons.join("\n")}
</form>`,
  );
}

/** Jumio's own last page, where the account names no other. */
export function renderEndPage(status: number, text: string, homeUrl?: string): Response {
  const link = homeUrl === undefined ? "" : `<p><a href="${homeUrl}">Back to the sandbox</a></p>`;
  return page(status, `<p>${text}</p>${link}`);
}

function page(status: number, body: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pretend Jumio</title>
<style>${STYLE}</style>
</head>
<body><main><h1>Pretend Jumio</h1>
${body}
</main></body>
</html>
`;
  return new Response(html, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
