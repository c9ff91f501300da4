// SPDX-License-Identifier: Apache-2.0
import type { JumioSimulator, SimulatedExecution } from "../simulators/jumio/simulator.ts";
import type { KratosSimulator, SimulatedIdentity } from "../simulators/kratos/simulator.ts";

export interface Simulators {
  readonly jumio: JumioSimulator;
  readonly kratos: KratosSimulator;
}

export function findIdentity(
  { kratos }: Pick<Simulators, "kratos">,
  email: string,
): SimulatedIdentity | undefined {
  return kratos.identities.values().find(({ traits }) => traits.email === email);
}

/** Finds the newest execution of the person with this e-mail address. */
export function findExecution(
  { jumio, kratos }: Simulators,
  email: string,
): SimulatedExecution | undefined {
  const id = findIdentity({ kratos }, email)?.id;
  return jumio.executions.findLast(({ userReference }) => userReference === id);
}

/** Reads what the bridge has written on an identity: the status, its detail, and the person's link. */
export function readVerification(
  identity: SimulatedIdentity | undefined,
): { status: string; detail: string; link: string } {
  const jumio = Object(Object(identity?.["metadata_public"]).jumio);
  return {
    status: String(jumio.status ?? "none"),
    detail: String(jumio.detail ?? ""),
    link: String(jumio["verification_url"] ?? ""),
  };
}
