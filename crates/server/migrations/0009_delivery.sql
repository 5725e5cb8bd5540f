-- The delivery of mails. A mail that the mail server refused, or that was given up, is kept, so that managers see it.
ALTER TABLE outbox ADD COLUMN outcome TEXT;
-- What the mail server answered to the last attempt, without links.
ALTER TABLE outbox ADD COLUMN reply TEXT;
-- The time of the outcome.
ALTER TABLE outbox ADD COLUMN ended_at BIGINT;

UPDATE outbox SET outcome = 'sent', ended_at = (SELECT finished_at FROM jobs WHERE pk = outbox.pk)
WHERE pk IN (SELECT pk FROM jobs WHERE finished_at IS NOT NULL);

CREATE INDEX outbox_sent ON outbox (ended_at) WHERE outcome = 'sent';
CREATE INDEX outbox_undelivered ON outbox (ended_at) WHERE outcome IN ('refused', 'given_up');

-- The mail with which a role was offered last, until it is deleted. Null for a mail that was sent more than a day ago.
ALTER TABLE pending_grants ADD COLUMN mail INTEGER REFERENCES outbox (pk) ON DELETE SET NULL;
-- When the invited person is reminded. Null if they were, or if the invitation is short.
ALTER TABLE pending_grants ADD COLUMN remind_at BIGINT;
-- Whether the inviter is to be told when the invitation expires.
ALTER TABLE pending_grants ADD COLUMN reports_expiry INTEGER NOT NULL DEFAULT 1;

UPDATE pending_grants SET reports_expiry = 0 WHERE expires_at <= unixepoch() * 1000;

CREATE INDEX pending_grants_mail ON pending_grants (mail) WHERE mail IS NOT NULL;
CREATE INDEX pending_grants_remind_at ON pending_grants (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX pending_grants_expires_at ON pending_grants (expires_at) WHERE reports_expiry;

-- Before this version, `invitation.sent` was recorded when the mail was queued, and not for a mail that was sent again.
INSERT INTO meta (key, value) SELECT 'sent_when_queued', coalesce(max(seq), 0) FROM audit;
