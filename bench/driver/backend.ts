import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Somebody's view of the backend. */
export class Backend {
  readonly users: number;
  readonly url: string;
  readonly cookie: { name: string; value: string };
  #stop: () => Promise<void>;

  private constructor(users: number, url: string, cookie: Backend['cookie'], stop: () => Promise<void>) {
    [this.users, this.url, this.cookie, this.#stop] = [users, url, cookie, stop];
  }

  /** Starts it with so many invented users, who are made the first time, and signs the administrator in. */
  static async start(program: string, users: number, data: string, site: string, listen: string): Promise<Backend> {
    const args = ['serve', '--demo', String(users), '--data', data, '--page', site, '--listen', listen];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    const stopped = new Promise<void>((done) => child.once('close', () => done()));
    const stop = async (): Promise<void> => {
      child.kill('SIGINT');
      await stopped;
    };
    const url = await new Promise<string>((listening, failed) => {
      child.once('error', (error) => failed(new Error(`${program} cannot be started: ${error.message}`)));
      child.once('exit', (code) => failed(new Error(`${program} stopped (${code}):\n${said.join('')}`)));
      createInterface(child.stdout).on('line', (line) => {
        const found = /Listening on (\S+)/.exec(line);
        if (found?.[1]) listening(found[1].replace(/\/$/, ''));
      });
    });
    try {
      return new Backend(users, url, await signIn(url), stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  /** Its answer to the administrator. */
  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      headers: { cookie: `${this.cookie.name}=${this.cookie.value}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }

  /** Users as the pages ask for them. */
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
  const answer = await fetch(`${url}/api/v1/demo/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', origin: url },
    body: JSON.stringify({ user_id: administrator?.id }),
  });
  const [name, value] = answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=') ?? [];
  if (!name || !value) throw new Error(`signing in was answered with ${answer.status}`);
  return { name, value };
}
