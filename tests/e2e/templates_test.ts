// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readOryActions } from "../../cli/kratos_config/ory_actions.ts";
import { startKratos, TEMPLATES_URL } from "../support/kratos_process.ts";

const LANGUAGES = "de-CH, fr;q=0.7";
const PASSWORD = "Correct-horse-9-battery";

/** A real Kratos with our templates, and a service that remembers what they send. */
interface Kratos extends AsyncDisposable {
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  submit(flow: "registration" | "login", form: unknown): Promise<{ identity?: { id: string } }>;
  replaceMetadata(identityId: string, metadataPublic: unknown): Promise<void>;
}

async function createKratos(): Promise<Kratos> {
  const bodies: Record<string, unknown>[] = [];
  const service = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    bodies.push(await request.json());
    return Response.json({});
  });
  const file = new URL("../../ory-actions.yaml", import.meta.url);
  const kratos = await startKratos(readOryActions(await Deno.readTextFile(file), {
    serviceUrl: `http://127.0.0.1:${service.addr.port}`,
    secret: "hook-secret-of-the-e2e-tests-0123456789",
    templatesUrl: TEMPLATES_URL,
  }));
  const headers = { "content-type": "application/json", "accept-language": LANGUAGES };
  return {
    bodies,
    async submit(flow, form) {
      const created = await fetch(`${kratos.publicUrl}/self-service/${flow}/api`);
      const { ui } = await created.json();
      const body = JSON.stringify(form);
      return await (await fetch(ui.action, { method: "POST", headers, body })).json();
    },
    async replaceMetadata(identityId, metadataPublic) {
      const response = await fetch(`${kratos.adminUrl}/admin/identities/${identityId}`, {
        method: "PATCH",
        headers,
        body: JSON.stringify([{ op: "add", path: "/metadata_public", value: metadataPublic }]),
      });
      await response.body?.cancel();
      assert.equal(response.status, 200);
    },
    async [Symbol.asyncDispose]() {
      await kratos[Symbol.asyncDispose]();
      await service.shutdown();
    },
  };
}

Deno.test("on a real Kratos both templates send the person's languages, and jumio as it is stored", async () => {
  await using kratos = await createKratos();
  const email = "ada@example.com";
  const form = { method: "password", password: PASSWORD, traits: { email } };
  const identityId = (await kratos.submit("registration", form)).identity?.id ?? "";
  const pending = { status: "pending", verdict: null };

  for (
    const metadata of [
      { jumio: pending },
      { jumio: { status: "verified" } },
      { jumio: "verified" },
      { "jumio_verification_status": "rejected" },
      "a text",
      ["a list"],
    ]
  ) {
    await kratos.replaceMetadata(identityId, metadata);
    await kratos.submit("login", { method: "password", password: PASSWORD, identifier: email });
  }

  // Registration, and each sign-in except the one of the verified person.
  assert.deepEqual(kratos.bodies.map(({ jumio }) => jumio), [
    null,
    pending,
    null,
    { status: "rejected" },
    null,
    null,
  ]);
  for (const body of kratos.bodies) {
    assert.deepEqual(Object.keys(body).sort(), [
      "accept_language",
      "flow_id",
      "identity_id",
      "jumio",
    ]);
    assert.deepEqual([body["identity_id"], body["accept_language"]], [identityId, LANGUAGES]);
  }
});
