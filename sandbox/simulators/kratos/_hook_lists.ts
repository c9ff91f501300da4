import { isBeforeStoring } from "./_hooks.ts";
import type { OryActions, OryHook } from "../../../cli/kratos_config/ory_actions.ts";

/**
 * Finds what runs at a registration, before and after the identity is stored.
 *
 * Kratos never merges a method's list with the flow's own: any hook in the method's takes the
 * other's place, `session` too. Before storing, only the method's list is looked at.
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

/** Finds what runs at a sign-in: the method's list, or the flow's own where that one is empty. */
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
