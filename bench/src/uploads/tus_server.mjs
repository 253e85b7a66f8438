// A server of npm's @tus/server over a folder. Prints its URL. `bench --uploads send` copies it to where the packages are.
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const [, , directory] = process.argv;
const server = new Server({ path: '/files', datastore: new FileStore({ directory }) });
const listener = server.listen({ host: '127.0.0.1', port: 0 }, () => {
  process.stdout.write(`http://127.0.0.1:${listener.address().port}/files\n`);
});
