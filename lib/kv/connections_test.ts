import assert from "node:assert/strict";
import { createKvHandles } from "./connections.ts";

/** A handle that knows no more than whether it was closed. */
function createHandle(): Deno.Kv & { isClosed: boolean } {
  const handle = {
    isClosed: false,
    close() {
      assert(!handle.isClosed, "closed twice");
      handle.isClosed = true;
    },
  };
  return handle as unknown as Deno.Kv & { isClosed: boolean }; // nothing else is called here
}

/** Handles whose openings are counted. */
function createCounted(
  { isServer = true, openMore }: { isServer?: boolean; openMore?: () => Promise<Deno.Kv> } = {},
) {
  const opened: (Deno.Kv & { isClosed: boolean })[] = [];
  function open(): Promise<Deno.Kv> {
    const handle = createHandle();
    opened.push(handle);
    return Promise.resolve(handle);
  }
  return {
    opened,
    handles: createKvHandles({ open, openMore: isServer ? openMore ?? open : undefined }),
  };
}

/** Lets what was begun in the background end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("KvHandles has one handle for all calls to a file", async () => {
  const { handles, opened } = createCounted({ isServer: false });

  const taken = await Promise.all(Array.from({ length: 5 }, () => handles.take()));
  await settle();

  assert.equal(new Set([...taken, await handles.take()]).size, 1);
  assert.equal(opened.length, 1);
});

Deno.test("KvHandles gives each call to a server that is under way a handle of its own", async () => {
  const { handles, opened } = createCounted();
  await handles.take(); // opens the first, which is everybody's
  await Promise.all([handles.take(), handles.take()]);
  await settle();

  const own = [await handles.take(), await handles.take()];

  assert.equal(new Set([opened[0], ...own]).size, 3);
  for (const handle of own) handles.giveBack(handle);
  await handles.take();
  assert.equal(opened.length, 3);
});

Deno.test("KvHandles opens a bounded number, however many calls there are", async () => {
  const { handles, opened } = createCounted();
  await handles.take();

  for (let call = 0; call < 500; call++) await handles.take();
  await settle();

  assert.equal(opened.length, 17);
});

Deno.test("KvHandles goes on with the first while no other can be opened", async () => {
  let tries = 0;
  const openMore = () => (tries++, Promise.reject(new TypeError("Nobody is there")));
  const { handles, opened } = createCounted({ openMore });
  const first = await handles.take();

  assert.equal(await handles.take(), first);
  await settle();
  assert.equal(await handles.take(), first);
  assert.deepEqual([opened.length, tries], [1, 2]);
});

Deno.test("KvHandles tries the first again at the next call", async () => {
  const answers = [Promise.reject(new TypeError("Not yet")), Promise.resolve(createHandle())];
  const handles = createKvHandles({ open: () => answers.shift() ?? Promise.reject() });

  await assert.rejects(handles.take(), /Not yet/);

  assert(await handles.take());
});

Deno.test("KvHandles.close() closes all, also one that is opened at that moment", async () => {
  const late = createHandle();
  const opening = Promise.withResolvers<Deno.Kv>();
  const { handles, opened } = createCounted({ openMore: () => opening.promise });
  await handles.take();
  await handles.take();

  await handles.close();
  await handles.close();
  opening.resolve(late);
  await settle();

  assert.deepEqual([opened[0]?.isClosed, late.isClosed], [true, true]);
  await assert.rejects(handles.take(), /closed/);
});
