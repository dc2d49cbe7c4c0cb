// Serves the built page with the project's own server, on a free port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { root } from "./files.mjs";

/** Starts the server with more arguments; `address` ends in a slash, `stop()` ends it. */
export async function startServer(...more) {
  const program = process.env.PENUMBRA_XTASK;
  const [command, first] = program ? [program, []] : ["cargo", ["xtask"]];
  const child = spawn(command, [...first, "host", "--port", "0", ...more], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const address = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with code ${code} before it told its address`)));
  });
  return { address, origin: new URL(address).origin, stop: () => child.kill() };
}
