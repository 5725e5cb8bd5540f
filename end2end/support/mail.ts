import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import { SMTPServer } from 'smtp-server';

/** A mail as it came to the mail server. */
export interface Mail {
  /** Whose it is. */
  to: string;
  /** What it is about. */
  subject: string;
  /** As text. */
  plain: string;
  /** As HTML. */
  html: string;
}

/** A mail server on this machine, that keeps what it gets. */
export interface MailServer {
  /** Where it listens, as the backend wants to know it. */
  url: string;
  /** The mails to an address that came so far. */
  to(address: string): Mail[];
  /** Waits for the newest of so many mails to an address. */
  waitFor(address: string, count?: number): Promise<Mail>;
  /** Stops it. */
  stop(): Promise<void>;
}

/** Starts a mail server at a free port. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const { subject, parts } = read(Buffer.concat(pieces).toString('latin1'));
        for (const { address } of session.envelope.rcptTo) {
          mails.push({ to: address, subject, plain: parts['text/plain'] ?? '', html: parts['text/html'] ?? '' });
        }
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const to = (address: string): Mail[] => mails.filter((mail) => mail.to === address);
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    to,
    async waitFor(address, count = 1) {
      await expect.poll(() => to(address).length, { message: `mails to ${address}` }).toBeGreaterThanOrEqual(count);
      return to(address).at(-1) as Mail;
    },
    stop: () => new Promise((stopped) => server.close(() => stopped())),
  };
}

/** The link of a mail. */
export function linkIn(mail: Mail): string {
  return /http\S+#[\w-]+/.exec(mail.plain)?.[0] ?? '';
}

/** The subject and the parts of a mail, each as text by its type. */
function read(raw: string): { subject: string; parts: Record<string, string> } {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const subject = /^Subject: (.*(?:\r\n[ \t].*)*)/im.exec(head)?.[1] ?? '';
  const boundary = /boundary="([^"]+)"/i.exec(head)?.[1] ?? '';
  const parts: Record<string, string> = {};
  for (const part of rest.join('\r\n\r\n').split(`--${boundary}`)) {
    const [own = '', ...lines] = part.split('\r\n\r\n');
    const type = /Content-Type: ([\w/]+)/i.exec(own)?.[1];
    if (type) parts[type] = decoded(lines.join('\r\n\r\n'), /Transfer-Encoding: (\S+)/i.exec(own)?.[1] ?? '');
  }
  return { subject: subject.replace(/\r\n[ \t]/g, ''), parts };
}

/** A body without what protects it on its way. */
function decoded(body: string, encoding: string): string {
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding.toLowerCase() !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const joined = body.replace(/=\r\n/g, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
