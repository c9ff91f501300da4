// SPDX-License-Identifier: Apache-2.0
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { type IdentityChanges, trackIdentities } from "./identity_changes.ts";
import { type BridgeProgress, trackBridge } from "./bridge_progress.ts";
import type { TimedNotice } from "./notice.ts";
import type { ObservedCall } from "./observed_call.ts";
import type { Observer } from "./observer.ts";
import type { Places } from "./_view_page.ts";
import { findIdentity, type Simulators } from "./people.ts";
import type { ServiceSwitch } from "./service_switch.ts";
import type { FaultSwitch } from "./switches.ts";

/** Everything that the page shows. */
export interface PageModel extends Simulators {
  readonly calls: readonly ObservedCall[];
  readonly switches: readonly FaultSwitch[];
  readonly service: Pick<ServiceSwitch, "isKilled">;
  readonly changes: IdentityChanges;
  readonly progress: BridgeProgress;
  readonly now: () => number;
  /** By the id of an identity: what its card showed when it was sent last. */
  readonly cardStates: Map<string, string>;
  /** The address of the operator's page, with a slash at the end. */
  readonly operatorUrl: string;
  /** By e-mail address: the result of the last action for this person. */
  readonly personNotices: Map<string, TimedNotice>;
  /** The result of the last action, if it does not belong to a person's card. */
  notice: TimedNotice | undefined;
  /** What screen readers are told about a change on a person's card. */
  announcement: string;
}

/** Suggested in this order, followed by numbers. */
const NAMES = ["ada", "eve", "grace", "alan", "mary", "kurt", "emmy", "john"];

/** What a page is created from, beside the simulators. */
export interface PageModelOptions extends Simulators {
  readonly observer: Observer;
  readonly switches: readonly FaultSwitch[];
  readonly service: ServiceSwitch;
  /** The setting `RECONCILE_AFTER_SECONDS` of the bridge. */
  readonly reconcileAfterMs: number;
  readonly now: () => number;
  readonly places: Places;
}

export function createPageModel(
  { jumio, kratos, observer, switches, service, reconcileAfterMs, now, places }: PageModelOptions,
): PageModel {
  return {
    jumio,
    kratos,
    calls: observer.calls,
    switches,
    service,
    changes: trackIdentities(kratos.identities),
    progress: trackBridge({ executions: jumio.executions, reconcileAfterMs }),
    now,
    operatorUrl: places.operator.url,
    cardStates: new Map(),
    personNotices: new Map(),
    notice: undefined,
    announcement: "",
  };
}

/** An e-mail address that nobody has yet. */
export function suggestEmail({ kratos }: PageModel): string {
  const name = NAMES.find((free) => findIdentity({ kratos }, `${free}@example.com`) === undefined);
  return `${name ?? `person${kratos.identities.size + 1}`}@example.com`;
}

/** The newest first. */
export function listPeople({ kratos }: PageModel): SimulatedIdentity[] {
  return [...kratos.identities.values()].reverse();
}

/** The name of the person that a call is about, found by the ids and the address in the call. */
export function findPersonName(
  { jumio, kratos }: PageModel,
  { path, request, answer }: ObservedCall,
): string | undefined {
  const text = `${path} ${request.body} ${answer?.body ?? ""}`;
  const execution = jumio.executions.find(({ id }) => text.includes(id));
  return kratos.identities.values().find(({ id, traits }) =>
    text.includes(id) || text.includes(`"${traits.email}"`) || execution?.userReference === id
  )?.traits.email.replace(/@.*/, "");
}
