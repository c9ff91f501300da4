// SPDX-License-Identifier: Apache-2.0
/** A page that a browser without scripts shows. */
export interface ShownPage {
  readonly url: URL;
  readonly status: number;
  readonly html: string;
  readonly title: string;
}

/**
 * A browser without scripts. As in every browser, all ports of a host share its cookies, and a cookie
 * is sent below its path only.
 */
export class FormBrowser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  /** Opens an address and follows redirects. */
  async open(address: string | URL, init: RequestInit = {}): Promise<ShownPage> {
    let [url, options] = [new URL(address), init];
    for (let step = 0; step < 10; step++) {
      const response = await this.fetch(url, options);
      const location = response.headers.get("location");
      if (location === null) {
        const html = await response.text();
        const title = /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? "";
        return { url, status: response.status, html, title };
      }
      await response.body?.cancel();
      [url, options] = [new URL(location, url), {}];
    }
    throw new Error(`Too many redirects: ${url}`);
  }

  /**
   * Fills in the last form of a page, or the last one with an action, presses its first button, and
   * follows redirects. A value of a button's name chooses that button.
   */
  async submit(
    { url, html }: ShownPage,
    values: Readonly<Record<string, string>> = {},
    { action: wanted }: { action?: string } = {},
  ): Promise<ShownPage> {
    const form = [...html.matchAll(/<form[^>]* action="([^"]+)"[^>]*>(.*?)<\/form>/gs)]
      .filter(([, action]) => wanted === undefined || action === wanted).at(-1);
    const [, action = "", content = ""] = form ?? [];
    const body = new URLSearchParams();
    for (
      const [, name = "", rest = ""] of content.matchAll(/<input[^>]*? name="([^"]+)"([^>]*)>/gs)
    ) {
      const value = / value="([^"]*)"/.exec(rest)?.[1] ?? "";
      body.set(name, unescape(values[name] ?? value));
    }
    const button = /<button name="([^"]+)" value="([^"]*)"/.exec(content);
    if (button !== null) body.set(button[1] ?? "", values[button[1] ?? ""] ?? button[2] ?? "");
    const target = new URL(unescape(action), url);
    const site = target.origin === url.origin ? "same-origin" : "same-site";
    return await this.open(target, { method: "POST", body, headers: { "sec-fetch-site": site } });
  }

  async fetch(url: URL, init: RequestInit): Promise<Response> {
    const request = new Request(url, { ...init, redirect: "manual" });
    request.headers.set("accept", "text/html");
    const sent = [...this.#cookies].filter(([, { path }]) => isBelow(url.pathname, path));
    request.headers.set("cookie", sent.map(([name, { value }]) => `${name}=${value}`).join("; "));
    const response = await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /Max-Age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: /; Path=([^;]*)/i.exec(line)?.[1] ?? "/" });
    }
    return response;
  }
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
}
