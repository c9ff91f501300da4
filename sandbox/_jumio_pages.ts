/** What the person may choose on the pretend page, in the words of a person. */
const CHOICES: readonly [outcome: string, label: string][] = [
  ["passed", "Everything is fine"],
  ["warning", "Something is doubtful"],
  ["rejected", "The document is forged"],
  ["inconclusive", "The check could not be made"],
  ["abandoned", "Leave it unfinished"],
  ["link_expired", "Let the link run out"],
];

/** The page that stands for Jumio's hosted one: instead of a camera, a choice of the outcome. */
export function renderOutcomePage(action: string): Response {
  const buttons = CHOICES.map(([outcome, label]) =>
    `<p><button name="outcome" value="${outcome}">${label}</button></p>`
  );
  return page(
    200,
    "Pretend Jumio",
    `<p>Here a person would show a document and a face. Choose how it ends.</p>
<form method="post" action="${action.replaceAll("&", "&amp;")}">${buttons.join("\n")}</form>`,
  );
}

/** Jumio's own last page, where the account names no other. */
export function renderEndPage(status: number, text: string, homeUrl?: string): Response {
  const link = homeUrl === undefined ? "" : `<p><a href="${homeUrl}">Back to the sandbox</a></p>`;
  return page(status, "Pretend Jumio", `<p>${text}</p>${link}`);
}

function page(status: number, title: string, body: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 32rem; margin: 2rem auto; padding: 0 1rem }
button { font: inherit; padding: .5rem 1rem; width: 100% }
</style>
</head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`;
  return new Response(html, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}
