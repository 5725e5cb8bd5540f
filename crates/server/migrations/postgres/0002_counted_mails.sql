-- The mails that count for the limits of their sender and of their recipient, for 24 hours. They have the address of the
-- recipient instead of the account, and a table apart from the outbox: revoking an invitation may delete the account and the
-- mail. If that freed the budget, a refusal would reveal whether the address has an account elsewhere.
CREATE TABLE counted_mails (
    -- The number of the mail in the outbox. No other mail gets it.
    number BIGINT PRIMARY KEY,
    sender BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    -- The address in its form for comparison (`users.email_norm`).
    address TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- The time at which the mail leaves.
    due_at BIGINT NOT NULL
);

CREATE INDEX counted_mails_sender ON counted_mails (sender, created_at);
CREATE INDEX counted_mails_address ON counted_mails (address, kind, due_at);
CREATE INDEX counted_mails_due_at ON counted_mails (due_at);

INSERT INTO counted_mails (number, sender, address, kind, created_at, due_at)
SELECT o.pk, o.sender, u.email_norm, o.kind, o.created_at, j.due_at
FROM outbox o JOIN users u ON u.pk = o.user_pk JOIN jobs j ON j.pk = o.pk
WHERE o.sender IS NOT NULL AND u.email_norm <> ''
    AND greatest(o.created_at, j.due_at) > (extract(epoch FROM now())::bigint - 86400) * 1000;

-- A mail can also be cancelled when it leaves: its sender may no longer give what it announces.
DROP INDEX outbox_undelivered;
CREATE INDEX outbox_undelivered ON outbox (ended_at) WHERE outcome <> 'sent';
