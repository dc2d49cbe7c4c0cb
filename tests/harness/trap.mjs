// A proxy that lets nothing through and remembers what was asked for. Browsers go to loopback addresses without a
// proxy, so whatever arrives here was meant to leave the machine.
import { createServer } from "node:http";

export async function startTrap() {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    response.writeHead(403).end();
  });
  server.on("connect", (request, socket) => {
    requests.push(request.url);
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
