// The connection of a page, which tests cut and mend.

/** @param {import('playwright-core').Page} page before it opens a room */
export async function line(page) {
  let isCut = false;
  await page.routeWebSocket(/\/ws\/rooms\//, (socket) => {
    const server = socket.connectToServer();
    // A silent cut: the socket stays open, and no message is delivered.
    socket.onMessage((message) => !isCut && server.send(message));
    server.onMessage((message) => !isCut && socket.send(message));
  });
  return {
    async cut() {
      isCut = true;
      await page.context().setOffline(true);
    },
    async mend() {
      isCut = false;
      await page.context().setOffline(false);
    },
  };
}
