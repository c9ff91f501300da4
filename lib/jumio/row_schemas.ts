// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { Token } from "./_shared_token.ts";
import type { RowSchemas } from "../kv/parsed_store.ts";

const createTokenSchema = (): z.ZodType<Token> =>
  z.object({
    v: z.literal(1),
    token: z.string(),
    expiresAt: z.number(),
  });

/** The schemas of the rows of this folder. */
export const JUMIO_ROWS: RowSchemas = {
  "access_token": { value: createTokenSchema },
  "access_token_lease": { value: () => z.object({ v: z.literal(1), expiresAt: z.number() }) },
};
