// SPDX-License-Identifier: Apache-2.0
import { type Html, renderHtml } from "../../lib/http/html.ts";
import type { SimulatedIdentity } from "../simulators/kratos/simulator.ts";
import { findPersonName, type PageModel, suggestEmail } from "./_page_model.ts";
import { viewCall } from "./_view_call.ts";
import { viewAnnouncement, viewPageNotice, viewRegister, viewSwitches } from "./_view_page.ts";
import { viewPerson } from "./_view_person.ts";
import type { Fragment } from "./events.ts";
import { describeNextStep, type Standing } from "./next_step.ts";
import type { ObservedCall } from "./observed_call.ts";
import { findExecution, readVerification } from "./people.ts";

/** The card of a person. Only one card is open: the newest person's, unless `openId` names another. */
export function createCard(
  model: PageModel,
  identity: SimulatedIdentity,
  openId = [...model.kratos.identities.keys()].at(-1),
): Html {
  const { email } = identity.traits;
  return viewPerson({
    identity,
    before: model.changes.before(identity.id),
    execution: findExecution(model, email),
    next: describeNextStep(readStanding(model, identity)),
    notice: model.personNotices.get(email),
    now: model.now(),
    operatorUrl: model.operatorUrl,
    isOpen: identity.id === openId,
  });
}

/** What a card shows of a person. The card is sent again when this changes. */
export function toCardState(model: PageModel, identity: SimulatedIdentity): string {
  const { email } = identity.traits;
  const notice = model.personNotices.get(email);
  return JSON.stringify([
    identity,
    findExecution(model, email),
    readStanding(model, identity),
    notice,
  ]);
}

function readStanding(model: PageModel, identity: SimulatedIdentity): Standing {
  const { jumio, kratos, progress, service } = model;
  const { status, detail } = readVerification(identity);
  const execution = findExecution(model, identity.traits.email);
  return {
    status,
    detail,
    execution,
    isAsked: progress.isAsked(identity.id),
    hasFailed: progress.hasFailed(identity.id),
    peopleBefore: execution === undefined ? countBefore(model, identity) : 0,
    isRead: execution !== undefined && progress.isRead(execution),
    nextLookAt: execution && progress.nextLookAt(execution),
    isBridgeKilled: service.isKilled(),
    isJumioDown: jumio.faults.isDown,
    isOryDown: kratos.faults.isAdminDown,
  };
}

/** How many of the people who registered before wait for their start. */
function countBefore({ jumio, kratos, progress }: PageModel, { id }: SimulatedIdentity): number {
  const started = new Set(jumio.executions.map(({ userReference }) => userReference));
  const ids = [...kratos.identities.keys()];
  return ids.slice(0, ids.indexOf(id))
    .filter((known) => progress.isAsked(known) && !started.has(known)).length;
}

export function toPersonFragment(model: PageModel, identity: SimulatedIdentity): Fragment {
  const html = renderHtml(createCard(model, identity));
  return { id: `person-${identity.id}`, html, list: "people", at: "start" };
}

export function toCallFragment(model: PageModel, call: ObservedCall): Fragment {
  const html = renderHtml(viewCall(call, findPersonName(model, call)));
  return { id: `call-${call.id}`, html, list: "calls", at: "end" };
}

export function toRegisterFragment(model: PageModel): Fragment {
  return { id: "register", html: renderHtml(viewRegister(suggestEmail(model))) };
}

export function toSwitchesFragment({ switches }: PageModel): Fragment {
  return { id: "switches", html: renderHtml(viewSwitches(switches)) };
}

export function toNoticeFragment({ notice, now }: PageModel): Fragment {
  return { id: "notice", html: renderHtml(viewPageNotice(notice, now())) };
}

export function toAnnouncementFragment({ announcement }: PageModel): Fragment {
  return { id: "announcement", html: renderHtml(viewAnnouncement(announcement)) };
}

/** Everything that a page may have missed since it was loaded. */
export function toCatchUpFragments(model: PageModel): Fragment[] {
  return [
    ...model.kratos.identities.values().map((identity) => toPersonFragment(model, identity)),
    ...model.calls.map((call) => toCallFragment(model, call)),
    toSwitchesFragment(model),
    toNoticeFragment(model),
  ];
}
