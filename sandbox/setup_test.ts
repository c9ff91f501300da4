// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { findSetupProblem } from "./setup.ts";

for (const version of ["1.46.3", "2.8.9", "2.1.0"]) {
  Deno.test(`findSetupProblem() tells how to upgrade Deno ${version}`, () => {
    const problem = findSetupProblem({ port: undefined, version });

    assert.match(problem ?? "", /needs 2\.9 or newer: run deno upgrade, or.* npx -y deno@2\.9\.6/);
    assert(problem?.includes(version));
  });
}

for (const version of ["2.9.0", "2.9.6", "2.10.1", "3.0.0", "2.10.0-rc.1"]) {
  Deno.test(`findSetupProblem() accepts Deno ${version}`, () => {
    assert.equal(findSetupProblem({ port: "", version }), undefined);
  });
}

for (const port of ["none", "0", "-1", "65531", "80.5"]) {
  Deno.test(`findSetupProblem() refuses the port ${port}`, () => {
    const problem = findSetupProblem({ port, version: "2.9.6" });

    assert.match(problem ?? "", /^PORT must be a whole number from 1 to 65530.*PORT=4000/);
  });
}
