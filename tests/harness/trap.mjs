// A proxy that lets nothing through and remembers what was asked for. Browsers go to loopback addresses without a
// proxy, so whatever arrives here was meant to leave the machine.
import { createServer } from "node:http";

/** What browsers ask their makers for by themselves, whatever page is open. */
const MAKERS =
  /^(\w+:\/\/)?([\w-]+\.)*(mozilla\.(com|org|net)|firefox\.com|(accounts|clients\d?|clientservices|update|optimizationguide-pa|content-autofill|safebrowsing|android\.clients)\.google(apis)?\.com|gvt1\.com)(:\d+)?(\/|$)/;

export async function startTrap() {
  const requests = [];
  const remember = (url) => {
    if (!MAKERS.test(url)) requests.push(url);
  };
  const server = createServer((request, response) => {
    remember(request.url);
    response.writeHead(403).end();
  });
  server.on("connect", (request, socket) => {
    remember(request.url);
    socket.on("error", () => {});
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: "127.0.0.1",
    port: server.address().port,
    requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
