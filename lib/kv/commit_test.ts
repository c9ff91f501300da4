import assert from "node:assert/strict";
import { commitWrite } from "./commit.ts";
import type { Write } from "./write.ts";

const SHORT: Write = { sets: [{ key: ["a"], value: "short" }] };
const LONG: Write = { sets: [{ key: ["a"], value: "long".repeat(400) }] };

for (
  const [what, write, isServer, expected] of [
    ["a short write to a server as it is", SHORT, true, ["commit"]],
    ["a long write to a server right behind a read", LONG, true, ["get", "commit"]],
    ["a long write to a file as it is", LONG, false, ["commit"]],
  ] as const
) {
  Deno.test(`commitWrite() sends ${what}`, async () => {
    using kv = await Deno.openKv(":memory:");
    const calls: string[] = [];
    const watched = new Proxy(kv, {
      get(target, name) {
        if (name === "get") calls.push("get");
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const { atomic } = kv;
    kv.atomic = () => {
      const operation = atomic.call(kv);
      const { commit } = operation;
      operation.commit = () => (calls.push("commit"), commit.call(operation));
      return operation;
    };

    const ok = await commitWrite(watched, write, { isServer });

    assert.deepEqual([ok, calls], [true, expected]);
    assert.equal((await kv.get(["a"])).value, write.sets?.[0]?.value);
  });
}
