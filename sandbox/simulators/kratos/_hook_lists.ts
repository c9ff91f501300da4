// SPDX-License-Identifier: Apache-2.0
import { isBeforeStoring } from "./_hooks.ts";
import type { OryActions, OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/**
 * Finds the hooks that run at a registration, before and after the identity is stored.
 *
 * Kratos never merges the list of a method with the list of the flow: if the list of the method has
 * any hook, even `session`, it replaces the other. Before the identity is stored, Kratos reads only
 * the list of the method.
 */
export function findRegistrationHooks(
  actions: OryActions,
  { method, hasSessionHook }: { method: string; hasSessionHook: boolean },
): { readonly early: readonly OryHook[]; readonly late: readonly OryHook[] } {
  const { after } = actions.selfservice.flows.registration;
  const ofMethod = findList(after, method);
  const session = hasSessionHook && !ofMethod.some(({ hook }) => hook === "session")
    ? [{ hook: "session" }]
    : [];
  const own = [...ofMethod, ...session];
  const used = own.length > 0 ? own : after.hooks ?? [];
  return {
    early: own.filter(isBeforeStoring),
    late: used.filter((hook) => !isBeforeStoring(hook)),
  };
}

/** Finds the hooks that run at a sign-in: those of the method, or of the flow if it has none. */
export function findLoginHooks(actions: OryActions, method: string): readonly OryHook[] {
  const { after } = actions.selfservice.flows.login;
  const own = findList(after, method);
  return own.length > 0 ? own : after.hooks ?? [];
}

function findList(
  after: OryActions["selfservice"]["flows"]["login"]["after"],
  method: string,
): readonly OryHook[] {
  const list = Object.entries(after).find(([name]) => name === method)?.[1];
  return list === undefined || Array.isArray(list) ? [] : list.hooks;
}
