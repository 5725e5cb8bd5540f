import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A running backend with an administrator's session. */
export class Backend {
  readonly users: number;
  readonly url: string;
  readonly cookie: { name: string; value: string };
  /** The id of the process, if this program started it. */
  readonly pid: number | undefined;
  #stop: () => Promise<void>;

  private constructor(
    users: number,
    url: string,
    cookie: Backend['cookie'],
    pid: number | undefined,
    stop: () => Promise<void>,
  ) {
    [this.users, this.url, this.cookie, this.pid, this.#stop] = [users, url, cookie, pid, stop];
  }

  /** Signs in at a backend with demo data that runs already. */
  static async connect(url: string, users: number, pid?: number): Promise<Backend> {
    const address = url.replace(/\/$/, '');
    return new Backend(users, address, await signIn(address), pid, () => Promise.resolve());
  }

  /** Starts the backend with this number of demo users, which the first start creates, and signs in. */
  static async start(
    program: string,
    users: number,
    data: string,
    site: string,
    listen: string,
    options: readonly string[] = [],
  ): Promise<Backend> {
    const args = ['serve', '--demo', String(users), '--data', data, '--page', site, '--listen', listen, ...options];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stderr: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const stop = async (): Promise<void> => {
      child.kill('SIGINT');
      await closed;
    };
    const url = await new Promise<string>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
      child.once('exit', (code) => reject(new Error(`${program} exited with ${code}:\n${stderr.join('')}`)));
      createInterface(child.stdout).on('line', (line) => {
        const match = /Listening on (\S+)/.exec(line);
        if (match?.[1]) resolve(match[1].replace(/\/$/, ''));
      });
    });
    try {
      return new Backend(users, url, await signIn(url), child.pid, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  /** Sends a GET request as the administrator. */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      headers: { cookie: `${this.cookie.name}=${this.cookie.value}` },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  /** Fetches rows with the same request as the pages. */
  async rows(search: string, sort: string, offset: number, limit: number): Promise<Row[]> {
    const query = new URLSearchParams({ sort, offset: String(offset), limit: String(limit) });
    if (search) query.set('search', search);
    return (await this.get<{ items: Row[] }>(`users?${query}`)).items;
  }
}

export interface Row {
  id: string;
  name: string | null;
  email: string;
  status: string;
}

export const nameOf = (row: Row): string => row.name ?? row.email;

async function signIn(url: string): Promise<Backend['cookie']> {
  const people = (await (await fetch(`${url}/api/v1/demo/people`)).json()) as { id: string; name: string }[];
  const administrator = people.find(({ name }) => name === 'Charlotte Pemberton');
  const response = await fetch(`${url}/api/v1/demo/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', origin: url },
    body: JSON.stringify({ user_id: administrator?.id }),
  });
  const [name, value] = response.headers.getSetCookie()[0]?.split(';')[0]?.split('=') ?? [];
  if (!name || !value) throw new Error(`Signing in returned ${response.status}.`);
  return { name, value };
}
