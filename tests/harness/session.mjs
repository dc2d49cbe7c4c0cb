// Server, trap and browser for the tests of one file in one set-up.
import { after, before } from "node:test";
import { launch } from "./browsers.mjs";
import { startServer } from "./server.mjs";
import { startTrap } from "./trap.mjs";
import { Visit } from "./visit.mjs";

/** To be called inside `describe`: returns an object that is filled before its first test. */
export function session(setUp) {
  const held = {};
  before(async () => {
    held.trap = await startTrap();
    held.server = await startServer();
    Object.assign(held, await launch(setUp, held.trap));
  });
  after(async () => {
    await held.close?.();
    held.server?.stop();
    held.trap?.stop();
  });
  held.open = (query) => Visit.open(held, held.server.address, query);
  return held;
}
