import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** @import { Options } from './types.d.ts' */

export const USAGE = `Tells whether a backend does what the page of Studio Users relies on.

  node conformance/run.mjs --url http://127.0.0.1:8080 --token TOKEN

  --url URL          where the backend is; /api/v1 comes after it
  --token TOKEN      a manager's session, sent as Authorization: Bearer
  --cookie N=V       or as a cookie, as from a page of the same origin
  --with-view        begins a view as one user, looks about in it and ends it (the audit log tells of it)
  --with-exports     asks for the tables in CSV (the audit log tells of it)
  --origin ORIGIN    another origin whose pages the backend lets ask: checks CORS
  --hidden ID        a user who exists and whom this session may not see
  --only THEME,…     only these themes
  --contract FILE    another openapi.json than the one beside this folder
`;

/**
 * What was asked for; a sentence is thrown where it makes no sense.
 *
 * @param {string[]} args
 * @returns {{ help: true } | Options}
 */
export function readOptions(args) {
  const { values } = parseArgs({
    args: joined(args),
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
  if (!URL.canParse(url)) throw new Error('--url says where the backend is.');
  if (!values.token === !values.cookie) throw new Error('A session is needed: --token or --cookie, one of both.');
  if (values.cookie && !values.cookie.includes('=')) throw new Error('A cookie is written as name=value.');
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
 * A session's token may begin like an option, so it is joined to its name.
 *
 * @param {string[]} args
 */
function joined(args) {
  const secret = args.findIndex((arg) => arg === '--token' || arg === '--cookie');
  if (secret < 0 || secret + 1 === args.length) return args;
  return args.toSpliced(secret, 2, `${args[secret]}=${args[secret + 1]}`);
}
