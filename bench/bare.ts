// SPDX-License-Identifier: Apache-2.0
// The least that a server on Deno can do with the same request: read JSON, answer JSON. With the path
// of a KV it also reads the record of the identity, as each sign-in that is let in does.
const [port, kvPath] = Deno.args;
const kv = kvPath === undefined ? undefined : await Deno.openKv(kvPath);

async function answer(request: Request): Promise<Response> {
  await request.json();
  return Response.json({});
}

async function readAndAnswer(request: Request, kv: Deno.Kv): Promise<Response> {
  const { "identity_id": identityId } = await request.json();
  await kv.get(["verification", identityId]);
  return Response.json({});
}

Deno.serve(
  { hostname: "127.0.0.1", port: Number(port), onListen() {} },
  kv === undefined ? answer : (request) => readAndAnswer(request, kv),
);
