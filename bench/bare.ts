// The least that a server on Deno can do with the same request: read JSON, answer JSON.
Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} },
  async (request) => {
    await request.json();
    return Response.json({});
  },
);
