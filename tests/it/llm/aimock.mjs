// aimock's servers, driven by lines of JSON on standard input; ends with it. The argument is the module.

import { createInterface } from "node:readline";

const { LLMock } = await import(process.argv[2]);
const servers = [];

const commands = {
  async start({ fixtures, keys, chaos }) {
    const auth = keys ? { apiKeys: keys } : undefined;
    const server = new LLMock({ port: 0, logLevel: "silent", strict: true, auth, chaos });
    server.addFixturesFromJSON(fixtures);
    const url = await server.start();
    servers.push(server);
    return { id: servers.length - 1, port: Number(new URL(url).port) };
  },
  async journal({ id }) {
    return servers[id].getRequests();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  console.log(JSON.stringify((await commands[told.do](told)) ?? null));
}
process.exit(0);
