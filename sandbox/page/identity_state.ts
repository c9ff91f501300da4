import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";

/** The state on an identity, in one word, with the link that it carries. */
export function readJumio(
  identity: SimulatedIdentity | undefined,
): { status: string; link: string } {
  const jumio = Object(Object(identity?.["metadata_public"]).jumio);
  return { status: String(jumio.status ?? "none"), link: String(jumio["verification_url"] ?? "") };
}
