// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../lib/config/config.ts";
import type { Context } from "../lib/context.ts";
import type { Route } from "../lib/http/route.ts";
import { callback, callbackWithToken } from "./callback.ts";
import { health, ready } from "./health.ts";
import { initiate } from "./hooks/initiate.ts";
import { validate } from "./hooks/validate.ts";
import { createOpenapi } from "./openapi.ts";
import {
  operatorDiscardDeadLetter,
  operatorDiscardDeadLetters,
  operatorListDeadLetters,
  operatorReplayDeadLetter,
  operatorReplayDeadLetters,
  operatorShowDeadLetter,
} from "./operator/api/dead_letters.ts";
import { operatorPublish } from "./operator/api/publish.ts";
import { operatorReplayEvents, operatorResumeEvents } from "./operator/api/events.ts";
import { operatorReconcile } from "./operator/api/reconcile.ts";
import { operatorPauseStarts, operatorResumeStarts } from "./operator/api/starts.ts";
import { operatorStatus } from "./operator/api/status.ts";
import { operatorShowSweep, operatorSweep } from "./operator/api/sweep.ts";
import { operatorExportTimelines } from "./operator/api/timelines.ts";
import {
  operatorDecide,
  operatorErase,
  operatorExpire,
  operatorRefresh,
  operatorRestart,
  operatorStart,
} from "./operator/api/verification_changes.ts";
import {
  operatorListVerifications,
  operatorShowTimeline,
  operatorShowVerification,
} from "./operator/api/verifications.ts";
import {
  operatorPage,
  operatorReplay,
  operatorSignIn,
  operatorSignOut,
} from "./operator/page/operator_page.ts";
import { operatorDecideButton } from "./operator/page/decide.ts";
import { operatorExpireButton } from "./operator/page/expire.ts";
import { operatorPublishButton } from "./operator/page/publish.ts";
import { operatorReviews } from "./operator/page/reviews.ts";
import { continueVerify, verify } from "./person/verify.ts";
import { verifyReturn } from "./person/verify_return.ts";

/** For every instance. */
const ROUTES: readonly Route<Context>[] = [
  validate,
  initiate,
  callback,
  callbackWithToken,
  verify,
  continueVerify,
  verifyReturn,
  health,
  ready,
];

/** For instances with an `OPERATOR_SECRET`. Without one, these paths do not exist. */
const OPERATOR_ROUTES: readonly Route<Context>[] = [
  operatorPage,
  operatorSignIn,
  operatorSignOut,
  operatorReplay,
  operatorPublishButton,
  operatorExpireButton,
  operatorReviews,
  operatorDecideButton,
  operatorStatus,
  operatorListVerifications,
  operatorShowVerification,
  operatorShowTimeline,
  operatorExportTimelines,
  operatorStart,
  operatorRefresh,
  operatorRestart,
  operatorPublish,
  operatorDecide,
  operatorExpire,
  operatorErase,
  operatorShowSweep,
  operatorSweep,
  operatorReconcile,
  operatorPauseStarts,
  operatorResumeStarts,
  operatorResumeEvents,
  operatorReplayEvents,
  operatorListDeadLetters,
  operatorReplayDeadLetters,
  operatorDiscardDeadLetters,
  operatorShowDeadLetter,
  operatorReplayDeadLetter,
  operatorDiscardDeadLetter,
];

/** Lists the routes that an instance with this configuration answers. */
export function listRoutes(
  { operator }: Pick<Config, "operator">,
): readonly Route<Context>[] {
  const routes = operator.keys.length === 0 ? [...ROUTES] : [...ROUTES, ...OPERATOR_ROUTES];
  // The document lists itself too.
  routes.push(createOpenapi(routes));
  return routes;
}
