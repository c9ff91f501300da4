// SPDX-License-Identifier: Apache-2.0
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { BROWSER_ARGS, findBrowser } from "./browser.ts";

/** A tab of a real window: it is visible while it is in front, and hidden otherwise. */
export interface RealTab {
  /** Evaluates an expression in the tab. Waits for a promise. */
  evaluate(expression: string): Promise<unknown>;
  /** Brings the tab to the front. */
  show(): Promise<void>;
}

export interface RealBrowser extends AsyncDisposable {
  /** Opens a tab in front of the others. Does not wait until it is loaded. */
  open(url: string): Promise<RealTab>;
}

/**
 * Starts a browser whose tabs are visible or hidden as for a person. Playwright emulates a focused page
 * in each tab, so that all its tabs are visible at once.
 */
export async function startBrowserWithTabs(): Promise<RealBrowser> {
  const folder = await Deno.makeTempDir();
  const args = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${folder}`];
  const child = new Deno.Command(findBrowser(), {
    args: [...BROWSER_ARGS, ...args, "about:blank"],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let port = "";
  await waitUntil("the browser listens", async () => {
    [port = ""] = (await Deno.readTextFile(`${folder}/DevToolsActivePort`)).split("\n");
    return port !== "";
  });
  const debuggerUrl = `http://127.0.0.1:${port}/json`;
  const sockets: WebSocket[] = [];
  return {
    async open(url) {
      const made = await fetch(`${debuggerUrl}/new?${encodeURIComponent(url)}`, { method: "PUT" });
      const { id, webSocketDebuggerUrl } = await made.json();
      const socket = new WebSocket(webSocketDebuggerUrl);
      sockets.push(socket);
      await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
      return {
        evaluate: createEvaluate(socket),
        async show() {
          await (await fetch(`${debuggerUrl}/activate/${id}`)).body?.cancel();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(sockets.map(close));
      child.kill();
      await child.status;
      // Its other processes write a little longer.
      await waitUntil("the browser's folder is removed", async () => {
        await Deno.remove(folder, { recursive: true });
        return true;
      });
    },
  };
}

/** Calls `Runtime.evaluate` of the DevTools protocol. */
function createEvaluate(socket: WebSocket): RealTab["evaluate"] {
  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result?.result?.value);
  });
  return (expression) => {
    const id = ++lastId;
    const params = { expression, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params }));
    return new Promise((resolve) => waiting.set(id, resolve));
  };
}

async function close(socket: WebSocket): Promise<void> {
  const closed = new Promise((resolve) =>
    socket.addEventListener("close", resolve, { once: true })
  );
  socket.close();
  await closed;
}
