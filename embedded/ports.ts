import getPort from 'get-port';

/**
 * A free TCP port on the loopback interface.
 * @param preferred tried first (the port of the last run), so that addresses people noted down stay true
 */
export async function freePort(preferred?: number): Promise<number> {
  return getPort({ host: '127.0.0.1', ...(preferred === undefined ? {} : { port: preferred }) });
}
