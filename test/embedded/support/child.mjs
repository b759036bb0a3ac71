// Stands in for worker and API: says it is ready, answers HTTP where asked to, and stops when told.
import { createServer } from 'node:http';

const { SLIPWAY_API_HOST, SLIPWAY_API_PORT } = process.env;
const isApi = process.argv.some((arg) => arg.startsWith('--slipway-api-of='));
const stop = () => process.exit(0);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);

if (isApi) {
  const server = createServer((_request, response) => response.end('here'));
  server.listen(Number(SLIPWAY_API_PORT), SLIPWAY_API_HOST, () => {
    process.send({ ready: true, url: `http://${SLIPWAY_API_HOST}:${server.address().port}` });
  });
} else {
  setInterval(() => undefined, 60_000);
  process.send({ ready: true });
}
