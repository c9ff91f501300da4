// SPDX-License-Identifier: Apache-2.0
/** A rendered template. `cancel` makes Kratos skip the call and continue. */
export type Rendered = { readonly body: unknown } | "cancel";

/** Renders one of the two templates for a hook's context. */
export type RenderTemplate = (template: TemplateName, ctx: HookContext) => Promise<Rendered>;

/** The templates in `jsonnet/`. */
export type TemplateName = "initiate" | "validate";

/** The part of Kratos's hook context that the templates read. */
export interface HookContext {
  readonly identity: { readonly id: string; readonly "metadata_public"?: unknown };
  readonly flow: { readonly id?: string };
  /** By canonical name, such as `Accept-Language`. */
  readonly "request_headers"?: unknown;
}

/** Tells a person how to get Jsonnet. */
export const JSONNET_CURE =
  "install Jsonnet (apt-get install jsonnet, brew install jsonnet) or set JSONNET_BIN to one";

/** Finds Jsonnet: `JSONNET_BIN`, or `jsonnet` in the path. Undefined if there is none. */
export async function findJsonnet(): Promise<string | undefined> {
  const program = Deno.env.get("JSONNET_BIN") ?? "jsonnet";
  try {
    const { success } = await new Deno.Command(program, { args: ["--version"] }).output();
    return success ? program : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Renders with the real Jsonnet, as Kratos does. `templates` is the folder of the templates. */
export function createJsonnet(program: string, templates: URL): RenderTemplate {
  return async (template, ctx) => {
    const file = new URL(`${template}.jsonnet`, templates);
    const child = new Deno.Command(program, {
      // The context goes to standard input, because it may be too long for a command line.
      args: ["--tla-code-file", "ctx=/dev/stdin", decodeURIComponent(file.pathname)],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(ctx)));
    await writer.close();
    const { success, stdout, stderr } = await child.output();
    if (success) return { body: JSON.parse(new TextDecoder().decode(stdout)) };
    const message = new TextDecoder().decode(stderr);
    if (message.startsWith("RUNTIME ERROR: cancel")) return "cancel";
    throw new Error(`Cannot render ${template}.jsonnet: ${message}`);
  };
}

/** Renders without Jsonnet. tests/service/templates_test.ts compares it with the templates. */
export function renderStandIn(template: TemplateName, ctx: HookContext): Promise<Rendered> {
  const metadata = toRecord(ctx.identity["metadata_public"]) ?? {};
  const isRejectedBySample = metadata["jumio_verification_status"] === "rejected";
  const jumio = toRecord(metadata["jumio"]) ?? (isRejectedBySample ? { status: "rejected" } : null);
  if (template === "validate" && jumio?.["status"] === "verified") return Promise.resolve("cancel");
  const languages = toRecord(ctx["request_headers"])?.["Accept-Language"];
  const [first]: readonly unknown[] = Array.isArray(languages) ? languages : [];
  return Promise.resolve({
    body: {
      "identity_id": ctx.identity.id,
      "flow_id": ctx.flow.id ?? null,
      "accept_language": typeof first === "string" ? first : null,
      jumio,
    },
  });
}

function toRecord(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}
