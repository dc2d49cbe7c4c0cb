// Server, trap and browser for the tests of one file in one set-up.
import { after, before } from "node:test";
import { launch } from "./browsers.mjs";
import { startFaulty } from "./faulty.mjs";
import { startServer } from "./server.mjs";
import { startTrap } from "./trap.mjs";
import { Visit } from "./visit.mjs";

/** To be called inside `describe`: returns an object that is filled before its first test. */
export function session(setUp) {
  const held = {};
  before(async () => {
    held.trap = await startTrap();
    held.server = await startServer();
    held.faulty = await startFaulty(held.server.address);
    Object.assign(held, await launch(setUp, held.trap));
  });
  after(async () => {
    await held.close?.();
    held.faulty?.stop();
    held.server?.stop();
    held.trap?.stop();
  });
  held.open = (query) => Visit.open(held, held.server.address, query);
  /** Opens the page with these faults (see faulty.mjs); `prepare` runs in the page before anything of its own. */
  held.openFaulty = (faults, query = "?backend=cpu", prepare = undefined) => {
    held.faulty.release();
    held.faulty.faults.splice(0, Infinity, ...faults);
    // What a browser keeps would hide that it does not arrive.
    return Visit.open(held, held.faulty.address, `${query}&offline=0`, prepare);
  };
  /** From now on everything arrives. */
  held.mend = () => {
    held.faulty.faults.length = 0;
    held.faulty.release();
  };
  return held;
}
