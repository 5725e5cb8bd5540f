import { setTimeout as delay } from 'node:timers/promises';

/** The key of an element in WebDriver's JSON: https://www.w3.org/TR/webdriver2/#elements */
const ELEMENT_KEY = 'element-6066-11e4-a52e-4f735466cecf';

/** A reference to an element, as scripts return it. */
export type ElementReference = Record<typeof ELEMENT_KEY, string>;

/** An error response of a driver. */
export class DriverError extends Error {}

/** Returns the id of an element. */
export function elementId(reference: ElementReference): string {
  return reference[ELEMENT_KEY];
}

/** Sends a WebDriver command and returns its value: https://www.w3.org/TR/webdriver2/#endpoints */
export async function send<T>(url: string, method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: method === 'POST' ? JSON.stringify(body ?? {}) : null,
  });
  const { value } = (await response.json()) as { value: T };
  if (!response.ok) {
    const { error, message } = value as { error: string; message: string };
    throw new DriverError(`${error}: ${message}`);
  }
  return value;
}

/** Waits until a driver accepts sessions. `exited` rejects if its program ends. */
export async function waitUntilReady(origin: string, exited: Promise<never>): Promise<void> {
  const poll = async (): Promise<void> => {
    while (true) {
      try {
        if ((await send<{ ready: boolean }>(`${origin}/status`, 'GET')).ready) return;
      } catch (error) {
        // The driver does not listen yet.
        if (!(error instanceof TypeError)) throw error;
      }
      await delay(50);
    }
  };
  await Promise.race([poll(), exited]);
}
