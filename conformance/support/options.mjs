import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** @import { Options } from './types.d.ts' */

export const USAGE = `Checks whether a backend implements the API that the page of Studio Users needs.

  node conformance/run.mjs --url http://127.0.0.1:8080 --token TOKEN

  --url URL          the address of the backend, without /api/v1
  --token TOKEN      the session of a manager, sent as Authorization: Bearer
  --cookie N=V       or the session as a cookie, sent as from a page of the same origin
  --with-view        also check views: start one, read in it, and end it (the audit log records this)
  --with-exports     also check the CSV exports (the audit log records them)
  --origin ORIGIN    also check CORS: an origin that the backend allows
  --hidden ID        also check that this user, whom the session may not see, stays hidden
  --only THEME,…     run only these themes
  --contract FILE    use this OpenAPI file instead of ../openapi.json
`;

/**
 * Parses the command line.
 *
 * @param {string[]} args
 * @returns {{ help: true } | Options}
 * @throws {Error} if an option is missing or invalid
 */
export function parseOptions(args) {
  const { values } = parseArgs({
    args: joinToken(args),
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      cookie: { type: 'string' },
      'with-view': { type: 'boolean', default: false },
      'with-exports': { type: 'boolean', default: false },
      origin: { type: 'string' },
      hidden: { type: 'string' },
      only: { type: 'string' },
      contract: { type: 'string', default: join(import.meta.dirname, '../../openapi.json') },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { help: true };
  const { url = '' } = values;
  if (!URL.canParse(url)) throw new Error('--url needs the address of the backend, such as http://127.0.0.1:8080.');
  if (!values.token === !values.cookie) throw new Error('Pass a session, either by --token or by --cookie.');
  if (values.cookie && !values.cookie.includes('=')) throw new Error('--cookie needs the form name=value.');
  return {
    help: false,
    url: url.replace(/\/+$/, ''),
    session: values.token ? { authorization: `Bearer ${values.token}` } : { cookie: values.cookie },
    withView: values['with-view'],
    withExports: values['with-exports'],
    origin: values.origin,
    hidden: values.hidden,
    only: values.only?.split(',').map((theme) => theme.trim()),
    contract: values.contract,
  };
}

/**
 * Joins the session to its option by an equals sign, because a token may start with a hyphen.
 *
 * @param {string[]} args
 */
function joinToken(args) {
  const index = args.findIndex((arg) => arg === '--token' || arg === '--cookie');
  if (index < 0 || index + 1 === args.length) return args;
  return args.toSpliced(index, 2, `${args[index]}=${args[index + 1]}`);
}
