// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { createOperatorKeys, type OperatorKey } from "../operator/key.ts";
import { parseOperatorValue } from "../operator/operator_value.ts";
import { secrets } from "./_setting.ts";

/** A secret opens every verification, and nothing limits the attempts to guess it. */
const MIN_LENGTH = 32;

/** The values of `OPERATOR_SECRET`: `secret`, `name:secret` or `name:ro:secret`, newest first. */
export const OperatorKeys: z.ZodType<readonly OperatorKey[], string> = secrets
  .superRefine((values, context) => {
    const found: string[] = [];
    for (const [index, value] of values.entries()) {
      const parsed = parseOperatorValue(value.reveal());
      if (parsed.ok) found.push(parsed.value.secret);
      // No value is quoted, and no name: it may be a part of a secret.
      else context.addIssue(`holds a wrong value: value ${index + 1} ${parsed.problem}`);
    }
    if (found.some(({ length }) => length < MIN_LENGTH)) {
      context.addIssue(
        `must have at least ${MIN_LENGTH} characters, in each of its values (after NAME: and ro:)`,
      );
    }
    // Whoever has the secret of one value could send the other one.
    if (new Set(found).size < found.length) {
      context.addIssue("has the same secret in two values: each value needs a secret of its own");
    }
  }).transform(createOperatorKeys);
