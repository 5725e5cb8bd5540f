import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import { SMTPServer } from 'smtp-server';

/** An e-mail that the mail server received. */
export interface Mail {
  /** The envelope recipient. */
  to: string;
  subject: string;
  /** The `text/plain` part. */
  plain: string;
  /** The `text/html` part. */
  html: string;
}

/** A local SMTP server that keeps the e-mails it receives. */
export interface MailServer {
  /** The value for the backend's option `--smtp`. */
  url: string;
  /** Returns the e-mails to an address, the oldest first. */
  to(address: string): Mail[];
  /** Waits for `count` e-mails to an address and returns the newest. */
  waitFor(address: string, count?: number): Promise<Mail>;
  stop(): Promise<void>;
}

/** Starts an SMTP server at a free port. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { subject, parts } = parseMail(Buffer.concat(chunks).toString('latin1'));
        for (const { address } of session.envelope.rcptTo) {
          mails.push({ to: address, subject, plain: parts['text/plain'] ?? '', html: parts['text/html'] ?? '' });
        }
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const to = (address: string): Mail[] => mails.filter((mail) => mail.to === address);
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    to,
    async waitFor(address, count = 1) {
      await expect.poll(() => to(address).length, { message: `e-mails to ${address}` }).toBeGreaterThanOrEqual(count);
      return to(address).at(-1) as Mail;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Returns the link in the text part of an e-mail. */
export function linkIn(mail: Mail): string {
  return /http\S+#[\w-]+/.exec(mail.plain)?.[0] ?? '';
}

/** Parses a multipart e-mail and decodes its parts by media type: https://www.rfc-editor.org/rfc/rfc2046#section-5.1 */
function parseMail(raw: string): { subject: string; parts: Record<string, string> } {
  const [headers = '', ...rest] = raw.split('\r\n\r\n');
  const subject = /^Subject: (.*(?:\r\n[ \t].*)*)/im.exec(headers)?.[1] ?? '';
  const boundary = /boundary="([^"]+)"/i.exec(headers)?.[1] ?? '';
  const parts: Record<string, string> = {};
  for (const part of rest.join('\r\n\r\n').split(`--${boundary}`)) {
    const [fields = '', ...body] = part.split('\r\n\r\n');
    const type = /Content-Type: ([\w/]+)/i.exec(fields)?.[1];
    if (type) parts[type] = decode(body.join('\r\n\r\n'), /Transfer-Encoding: (\S+)/i.exec(fields)?.[1] ?? '');
  }
  return { subject: subject.replace(/\r\n[ \t]/g, ''), parts };
}

/** Removes the `Content-Transfer-Encoding` of a part: https://www.rfc-editor.org/rfc/rfc2045#section-6 */
function decode(body: string, encoding: string): string {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding.toLowerCase() !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const joined = body.replace(/=\r\n/g, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
