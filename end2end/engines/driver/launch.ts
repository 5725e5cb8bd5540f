import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { send, waitUntilReady } from './protocol.ts';

/** The browser engines. */
export const ENGINES = ['chromium', 'firefox', 'webkit'] as const;
export type Engine = (typeof ENGINES)[number];

/** The engines to test: all, or those that the environment variable `ENGINES` lists. */
export const TESTED_ENGINES: Engine[] = ENGINES.filter((engine) =>
  (process.env.ENGINES ?? ENGINES.join()).split(',').includes(engine),
);

/** A browser that a driver controls. */
export interface RunningBrowser {
  /** The URL of the WebDriver session. */
  session: string;
  /** Ends the session, the browser and its driver. */
  stop(): Promise<void>;
}

/** What differs between the engines. */
interface Setup {
  /** The driver's program, and its arguments for a port. */
  driver(port: number): [program: string, ...args: string[]];
  capabilities: object;
  /** Whether the browser cannot run without a display. */
  needsDisplay?: boolean;
}

const env = (name: string, fallback: string): string => process.env[name] ?? fallback;
const isRoot = process.getuid?.() === 0;

const SETUPS: Record<Engine, Setup> = {
  chromium: {
    driver: (port) => [env('CHROMEDRIVER', 'chromedriver'), `--port=${port}`],
    capabilities: {
      browserName: 'chrome',
      'goog:chromeOptions': {
        binary: env('CHROMIUM', '/usr/bin/chromium'),
        // Chromium's sandbox refuses to run as root, as in containers.
        args: ['--headless', '--disable-gpu', '--disable-popup-blocking', '--lang=en-GB'].concat(
          isRoot ? ['--no-sandbox'] : [],
        ),
      },
    },
  },
  firefox: {
    driver: (port) => [env('GECKODRIVER', 'geckodriver'), '--port', String(port)],
    capabilities: {
      browserName: 'firefox',
      'moz:firefoxOptions': {
        binary: env('FIREFOX', '/usr/bin/firefox-esr'),
        args: ['-headless'],
        prefs: { 'intl.accept_languages': 'en-GB', 'dom.disable_open_during_load': false },
      },
    },
  },
  webkit: {
    driver: (port) => [env('WEBKIT_DRIVER', 'WebKitWebDriver'), `--port=${port}`],
    capabilities: {
      'webkitgtk:browserOptions': {
        binary: env('MINI_BROWSER', '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'),
        args: ['--automation'],
      },
    },
    needsDisplay: true,
  },
};

/** Starts a browser and its driver. */
export async function launch(engine: Engine): Promise<RunningBrowser> {
  const { driver, capabilities, needsDisplay } = SETUPS[engine];
  const display = needsDisplay ? await startDisplay() : undefined;
  const port = await freePort();
  const [program, ...args] = driver(port);
  const child = spawn(program, args, {
    stdio: 'ignore',
    // WebKit's processes end with their group.
    detached: true,
    env: {
      ...process.env,
      TZ: 'Europe/Amsterdam',
      LC_ALL: 'C.UTF-8',
      LANGUAGE: 'en_GB',
      ...(display ? { DISPLAY: display.name } : {}),
    },
  });
  const stopPrograms = async (): Promise<void> => {
    await stop(child);
    await display?.stop();
  };
  try {
    const origin = `http://127.0.0.1:${port}`;
    await waitUntilReady(origin, failure(child, program));
    const { sessionId } = await send<{ sessionId: string }>(`${origin}/session`, 'POST', {
      capabilities: { alwaysMatch: { pageLoadStrategy: 'normal', ...capabilities } },
    });
    const session = `${origin}/session/${sessionId}`;
    return {
      session,
      async stop() {
        await send(session, 'DELETE');
        await stopPrograms();
      },
    };
  } catch (error) {
    await stopPrograms();
    throw error;
  }
}

/** Starts a virtual display and returns its name. Xvfb chooses a free number and writes it to file descriptor 3. */
async function startDisplay(): Promise<{ name: string; stop(): Promise<void> }> {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
  const number = once(child.stdio[3] as NodeJS.ReadableStream, 'data').then(([data]) => String(data).trim());
  const name = `:${await Promise.race([number, failure(child, 'Xvfb')])}`;
  return { name, stop: () => stop(child) };
}

/** Rejects when a program cannot be started or ends. */
function failure(child: ChildProcess, program: string): Promise<never> {
  return new Promise((_, reject) => {
    child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`${program} exited with ${code}`)));
  });
}

/** Ends a program and its process group. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await exited;
}

/** Returns a port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
