import assert from "node:assert/strict";
import { createSecret, matchesAny } from "./secret.ts";

Deno.test("createSecret() gives a value that printing and serializing do not show", () => {
  const secret = createSecret("the-secret");

  const printed = [Deno.inspect(secret), JSON.stringify({ secret }), `${Object.entries(secret)}`];

  for (const text of printed) assert(!text.includes("the-secret"), text);
  assert.equal(secret.reveal(), "the-secret");
});

Deno.test("matchesAny() accepts each secret of a rotation and no other text", () => {
  const secrets = ["newest-secret", "older-secret"].map(createSecret);

  const candidates = [
    "newest-secret",
    "older-secret",
    "newest-secreT",
    "newest",
    "newest-secret-and-more",
    "",
  ];

  assert.deepEqual(candidates.map((candidate) => matchesAny(candidate, secrets)), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("matchesAny() matches no text if there are no secrets", () => {
  assert.equal(matchesAny("", []), false);
});

Deno.test("Secret.matches() compares text outside of ASCII", () => {
  const secret = createSecret("Schlüssel");

  assert.deepEqual(["Schlüssel", "Schluessel", "Schlussel"].map(secret.matches), [
    true,
    false,
    false,
  ]);
});
